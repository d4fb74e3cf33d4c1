package dev.holdfast.wire;

import java.util.Arrays;

/**
 * What follows the question in a response: records in wire form with the offsets of their TTLs, so
 * that a copy behind any client's own question of the same length is a valid message. Immutable.
 * There are as many as names are kept: its fields fill 32 bytes with a compact header. What is kept
 * of an answer beside it goes into a subclass, which costs less than a second object.
 */
public class Answer {

  /** Bytes of a TTL; the length of the record's data follows it. */
  private static final int TTL_LENGTH = 4;

  /** A record's type stands so many bytes before its TTL. */
  private static final int TYPE_BEFORE_TTL = 4;

  private static final byte[] NO_OPTIONS = {};

  private final byte[] bytes;
  private final byte[] ednsOptions;
  private final int minTtlSeconds;
  private final byte rcode;
  private final boolean authenticData;

  /* Unsigned numbers of 16 bits, like all that a message counts. */
  private final char recordsLength;
  private final char withoutAdditionalLength;
  private final char answerCount;
  private final char authorityCount;
  private final char additionalCount;

  /*
   * `bytes` holds the records and, behind them, two bytes per record: the offset of its TTL from the
   * start of the records. One array instead of two saves a header per cached answer.
   */
  Answer(AnswerBuilder builder, int rcode, boolean authenticData) {
    this.bytes = builder.copyRecordsAndTtlOffsets();
    this.recordsLength = (char) builder.recordsLength();
    this.withoutAdditionalLength = (char) builder.withoutAdditionalLength();
    this.rcode = (byte) rcode;
    this.authenticData = authenticData;
    this.answerCount = (char) builder.count(Section.ANSWER);
    this.authorityCount = (char) builder.count(Section.AUTHORITY);
    this.additionalCount = (char) builder.count(Section.ADDITIONAL);
    this.minTtlSeconds = builder.minTtlSeconds();
    byte[] options = builder.copyEdnsOptions();
    this.ednsOptions = options.length == 0 ? NO_OPTIONS : options;
  }

  /** The same answer, for a subclass that says more of it; the content is shared. */
  protected Answer(Answer other) {
    this(
        other,
        other.bytes,
        other.rcode,
        other.authenticData,
        other.minTtlSeconds,
        other.ednsOptions);
  }

  private Answer(
      Answer other,
      byte[] bytes,
      int rcode,
      boolean authenticData,
      int minTtlSeconds,
      byte[] ednsOptions) {
    this.bytes = bytes;
    this.recordsLength = other.recordsLength;
    this.withoutAdditionalLength = other.withoutAdditionalLength;
    this.rcode = (byte) rcode;
    this.authenticData = authenticData;
    this.answerCount = other.answerCount;
    this.authorityCount = other.authorityCount;
    this.additionalCount = other.additionalCount;
    this.minTtlSeconds = minTtlSeconds;
    this.ednsOptions = ednsOptions;
  }

  public int rcode() {
    return rcode;
  }

  /** Whether the upstream vouched for the data (RFC 4035 §3.2.3). */
  public boolean authenticData() {
    return authenticData;
  }

  public int answerCount() {
    return answerCount;
  }

  public int authorityCount() {
    return authorityCount;
  }

  public int additionalCount() {
    return additionalCount;
  }

  /** Length of all records. */
  public int recordsLength() {
    return recordsLength;
  }

  /** Length of the records of answer and authority sections alone. */
  public int withoutAdditionalLength() {
    return withoutAdditionalLength;
  }

  /** Smallest TTL of all records; 0 when there are none. */
  public int minTtlSeconds() {
    return minTtlSeconds;
  }

  /** EDNS options that travel with the answer: the upstream's extended errors. */
  byte[] ednsOptions() {
    return ednsOptions;
  }

  /** Bytes of memory behind this object's own fields. */
  public int sizeBytes() {
    return bytes.length + ednsOptions.length;
  }

  /** Copies records of length {@code length} and takes {@code ageSeconds} off every TTL. */
  void copyAged(byte[] out, int offset, int length, int ageSeconds) {
    System.arraycopy(bytes, 0, out, offset, length);
    for (int i = recordsLength; i < bytes.length; i += 2) {
      int ttlOffset = Header.uint16(bytes, i);
      if (ttlOffset >= length) {
        return;
      }
      long ttl = Header.uint32(bytes, ttlOffset) - ageSeconds;
      Header.putUint32(out, offset + ttlOffset, Math.max(ttl, 0));
    }
  }

  /** Copies records of length {@code length} with every TTL at most {@code maxTtlSeconds}. */
  void copyCapped(byte[] out, int offset, int length, int maxTtlSeconds) {
    System.arraycopy(bytes, 0, out, offset, length);
    for (int i = recordsLength; i < bytes.length; i += 2) {
      int ttlOffset = Header.uint16(bytes, i);
      if (ttlOffset >= length) {
        return;
      }
      long ttl = Header.uint32(bytes, ttlOffset);
      Header.putUint32(out, offset + ttlOffset, Math.min(ttl, maxTtlSeconds));
    }
  }

  /**
   * Writes a whole response with these records, as if an upstream had sent it, and returns its
   * length. A {@link ReplyReader} can derive another answer from it.
   */
  public int writeMessage(byte[] question, byte[] out) {
    Header.putUint16(out, Header.ID_OFFSET, 0);
    int flags = Header.QR | Header.RA | (authenticData ? Header.AD : 0) | rcode;
    Header.putUint16(out, Header.FLAGS_OFFSET, flags);
    Header.putUint16(out, Header.QDCOUNT_OFFSET, 1);
    Header.putUint16(out, Header.ANCOUNT_OFFSET, answerCount);
    Header.putUint16(out, Header.NSCOUNT_OFFSET, authorityCount);
    Header.putUint16(out, Header.ARCOUNT_OFFSET, additionalCount);
    System.arraycopy(question, 0, out, Header.LENGTH, question.length);
    System.arraycopy(bytes, 0, out, Header.LENGTH + question.length, recordsLength);
    return Header.LENGTH + question.length + recordsLength;
  }

  /** Whether the other answer has the same records in any order, whatever their TTLs. */
  public boolean hasSameRecords(Answer other) {
    int records = recordCount();
    if (records != other.recordCount() || recordsLength != other.recordsLength) {
      return false;
    }
    boolean[] taken = new boolean[records];
    for (int i = 0; i < records; i++) {
      int twin = 0;
      while (twin < records && (taken[twin] || !sameRecord(i, other, twin))) {
        twin++;
      }
      if (twin == records) {
        return false;
      }
      taken[twin] = true;
    }
    return true;
  }

  /** Returns an answer without records to any question, with an EDNS option. */
  public static Answer empty(int rcode, byte[] option) {
    AnswerBuilder builder = new AnswerBuilder().begin(NO_OPTIONS, 0, 0);
    builder.ednsOption(option, 0, option.length);
    return builder.build(rcode, /* authenticData= */ false);
  }

  /** Whether this EDNS option came with the answer, among others or alone. */
  public boolean hasOption(byte[] option) {
    int position = 0;
    while (position < ednsOptions.length) {
      int end = position + Edns.OPTION_HEADER_LENGTH + Header.uint16(ednsOptions, position + 2);
      if (Arrays.equals(ednsOptions, position, end, option, 0, option.length)) {
        return true;
      }
      position = end;
    }
    return false;
  }

  /** Whether an extended error from {@code first} to {@code last} came with the answer. */
  public boolean hasExtendedError(int first, int last) {
    int position = 0;
    while (position < ednsOptions.length) {
      int code = Header.uint16(ednsOptions, position + Edns.OPTION_HEADER_LENGTH);
      if (code >= first && code <= last) {
        return true;
      }
      position += Edns.OPTION_HEADER_LENGTH + Header.uint16(ednsOptions, position + 2);
    }
    return false;
  }

  /**
   * Returns this answer with TTLs of at most {@code maxTtlSeconds}, AD cleared and an EDNS option.
   */
  public Answer held(int maxTtlSeconds, byte[] option) {
    return capped(maxTtlSeconds, rcode, /* newAuthenticData= */ false, option);
  }

  /** The same, and of a name that exists although the answer says that it does not. */
  public Answer heldAsNodata(int maxTtlSeconds, byte[] option) {
    return capped(maxTtlSeconds, Rcode.NOERROR, /* newAuthenticData= */ false, option);
  }

  /** Returns this answer with TTLs of at most {@code maxTtlSeconds}. */
  public Answer withMaxTtl(int maxTtlSeconds) {
    return capped(maxTtlSeconds, rcode, authenticData, ednsOptions);
  }

  private Answer capped(
      int maxTtlSeconds, int newRcode, boolean newAuthenticData, byte[] newOptions) {
    byte[] capped = new byte[bytes.length];
    copyCapped(capped, 0, recordsLength, maxTtlSeconds);
    System.arraycopy(bytes, recordsLength, capped, recordsLength, bytes.length - recordsLength);
    int newMinTtlSeconds = Math.min(minTtlSeconds, maxTtlSeconds);
    return new Answer(this, capped, newRcode, newAuthenticData, newMinTtlSeconds, newOptions);
  }

  /** Returns this answer with the extended errors that came with another one. */
  public Answer withExtendedErrorsOf(Answer other) {
    return other.ednsOptions.length == 0
        ? this
        : new Answer(this, bytes, rcode, authenticData, minTtlSeconds, other.ednsOptions);
  }

  /** Number of records in all sections. */
  public int recordCount() {
    return answerCount + authorityCount + additionalCount;
  }

  private boolean sameRecord(int index, Answer other, int otherIndex) {
    int ttl = ttlOffset(index);
    int otherTtl = other.ttlOffset(otherIndex);
    int start = recordStart(index);
    int otherStart = other.recordStart(otherIndex);
    return Arrays.equals(bytes, start, ttl, other.bytes, otherStart, otherTtl)
        && Arrays.equals(
            bytes,
            ttl + TTL_LENGTH,
            recordEnd(index),
            other.bytes,
            otherTtl + TTL_LENGTH,
            other.recordEnd(otherIndex));
  }

  /** The records, not to be written to; the offsets below are into them. */
  byte[] bytes() {
    return bytes;
  }

  int type(int index) {
    return Header.uint16(bytes, ttlOffset(index) - TYPE_BEFORE_TTL);
  }

  int rdataOffset(int index) {
    return ttlOffset(index) + TTL_LENGTH + 2;
  }

  private int ttlOffset(int index) {
    return Header.uint16(bytes, recordsLength + 2 * index);
  }

  private int recordStart(int index) {
    return index == 0 ? 0 : recordEnd(index - 1);
  }

  int recordEnd(int index) {
    int rdlength = ttlOffset(index) + TTL_LENGTH;
    return rdlength + 2 + Header.uint16(bytes, rdlength);
  }
}
