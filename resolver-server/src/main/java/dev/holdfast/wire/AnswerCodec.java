package dev.holdfast.wire;

import org.jspecify.annotations.Nullable;

/**
 * Writes answers as bytes that outlive the process, and reads them back after a look at every
 * record, so that nothing malformed comes back. Reused; confined to one thread.
 *
 * <pre>
 * | version 1 | flags 1 | rcode 1 | answers 2 | authority 2 | additional 2 | options length 2 |
 * | EDNS options | records as they follow the question |
 * </pre>
 */
public final class AnswerCodec {

  private static final int VERSION = 1;

  private static final int VERSION_OFFSET = 0;
  private static final int FLAGS_OFFSET = 1;
  private static final int RCODE_OFFSET = 2;
  private static final int COUNTS_OFFSET = 3;
  private static final int OPTIONS_LENGTH_OFFSET = 9;
  private static final int FIXED_LENGTH = 11;

  private static final int AUTHENTIC_DATA = 1;

  /** Type, class, TTL and rdlength that follow a record's owner. */
  private static final int RECORD_FIXED_LENGTH = 10;

  private final AnswerBuilder builder = new AnswerBuilder();
  private final byte[] message = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];

  /** Returns how many bytes {@link #encode} writes. */
  public static int encodedLength(Answer answer) {
    return FIXED_LENGTH + answer.ednsOptions().length + answer.recordsLength();
  }

  /** Writes an answer at {@code offset}. */
  public static void encode(Answer answer, byte[] out, int offset) {
    byte[] options = answer.ednsOptions();
    out[offset + VERSION_OFFSET] = VERSION;
    out[offset + FLAGS_OFFSET] = (byte) (answer.authenticData() ? AUTHENTIC_DATA : 0);
    out[offset + RCODE_OFFSET] = (byte) answer.rcode();
    Header.putUint16(out, offset + COUNTS_OFFSET, answer.answerCount());
    Header.putUint16(out, offset + COUNTS_OFFSET + 2, answer.authorityCount());
    Header.putUint16(out, offset + COUNTS_OFFSET + 4, answer.additionalCount());
    Header.putUint16(out, offset + OPTIONS_LENGTH_OFFSET, options.length);
    System.arraycopy(options, 0, out, offset + FIXED_LENGTH, options.length);
    answer.copyAged(out, offset + FIXED_LENGTH + options.length, answer.recordsLength(), 0);
  }

  /**
   * Reads what {@link #encode} wrote between {@code offset} and {@code limit}, or returns null when
   * it is no answer.
   *
   * @param question a well-formed name with type and class: the one that the answer followed
   */
  public @Nullable Answer decode(byte[] question, byte[] bytes, int offset, int limit) {
    if (limit - offset < FIXED_LENGTH || bytes[offset + VERSION_OFFSET] != VERSION) {
      return null;
    }
    int flags = bytes[offset + FLAGS_OFFSET];
    int rcode = bytes[offset + RCODE_OFFSET];
    int options = offset + FIXED_LENGTH;
    int records = options + Header.uint16(bytes, offset + OPTIONS_LENGTH_OFFSET);
    int start = Header.LENGTH + question.length;
    int end = start + limit - records;
    if ((flags & ~AUTHENTIC_DATA) != 0
        || (rcode & ~Header.RCODE_MASK) != 0
        || records > limit
        || end > message.length) {
      return null;
    }
    System.arraycopy(question, 0, message, Header.LENGTH, question.length);
    System.arraycopy(bytes, records, message, start, limit - records);
    builder.beginKept(message, Header.LENGTH, question.length, limit - records);
    if (!addOptions(bytes, options, records)) {
      return null;
    }
    int position = start;
    for (Section section : Section.values()) {
      int count = Header.uint16(bytes, offset + COUNTS_OFFSET + 2 * section.ordinal());
      for (int i = 0; i < count && position >= 0; i++) {
        position = addRecord(section, position, end);
      }
    }
    return position == end && !builder.overflowed()
        ? builder.build(rcode, (flags & AUTHENTIC_DATA) != 0)
        : null;
  }

  private boolean addOptions(byte[] bytes, int offset, int limit) {
    int position = offset;
    while (position + ExtendedError.OPTION_HEADER_LENGTH <= limit) {
      int length = Edns.OPTION_HEADER_LENGTH + Header.uint16(bytes, position + 2);
      if (length < ExtendedError.OPTION_HEADER_LENGTH || position + length > limit) {
        return false;
      }
      builder.ednsOption(bytes, position, length);
      position += length;
    }
    return position == limit;
  }

  private int addRecord(Section section, int owner, int limit) {
    int fixed = CompressedNames.skip(message, owner, limit);
    if (fixed < 0 || fixed + RECORD_FIXED_LENGTH > limit) {
      return -1;
    }
    int type = Header.uint16(message, fixed);
    long ttlSeconds = Header.uint32(message, fixed + 4);
    int length = Header.uint16(message, fixed + 8);
    int rdata = fixed + RECORD_FIXED_LENGTH;
    if (rdata + length > limit
        || type == RecordType.OPT
        || ttlSeconds > Integer.MAX_VALUE
        || RdataLayout.of(type).nameBytes(message, rdata, length) < 0) {
      return -1;
    }
    builder.keep(section, fixed + 4, ttlSeconds, rdata + length);
    return rdata + length;
  }
}
