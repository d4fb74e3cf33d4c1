package dev.holdfast.wire;

/**
 * What follows the question in a response: records in wire form with the offsets of their TTLs, so
 * that a copy behind any client's own question of the same length is a valid message. Immutable.
 */
public final class Answer {

  private static final byte[] NO_OPTIONS = {};

  private final byte[] bytes;
  private final int recordsLength;
  private final int withoutAdditionalLength;
  private final int rcode;
  private final boolean authenticData;
  private final int answerCount;
  private final int authorityCount;
  private final int additionalCount;
  private final int minTtlSeconds;
  private final byte[] ednsOptions;

  /*
   * `bytes` holds the records and, behind them, two bytes per record: the offset of its TTL from the
   * start of the records. One array instead of two saves a header per cached answer.
   */
  Answer(AnswerBuilder builder, int rcode, boolean authenticData) {
    this.bytes = builder.copyRecordsAndTtlOffsets();
    this.recordsLength = builder.recordsLength();
    this.withoutAdditionalLength = builder.withoutAdditionalLength();
    this.rcode = rcode;
    this.authenticData = authenticData;
    this.answerCount = builder.count(Section.ANSWER);
    this.authorityCount = builder.count(Section.AUTHORITY);
    this.additionalCount = builder.count(Section.ADDITIONAL);
    this.minTtlSeconds = builder.minTtlSeconds();
    byte[] options = builder.copyEdnsOptions();
    this.ednsOptions = options.length == 0 ? NO_OPTIONS : options;
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
}
