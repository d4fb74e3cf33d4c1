package dev.holdfast.upstream;

import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import java.util.Arrays;

/** Whether a reply with the right id belongs to a query (RFC 5452 §9.1). */
enum ReplyMatch {
  /** It does. */
  MATCH,
  /** It does, but for the case of letters. */
  OTHER_CASE,
  /** It is a response to another question. */
  WRONG_QUESTION,
  /** It is cut short, no response, or of another opcode or number of questions. */
  WRONG_SHAPE;

  static final int TYPE_AND_CLASS_BYTES = 4;
  private static final int OPCODE_BITS_OF_BYTE = Header.OPCODE_MASK >>> 8;

  /**
   * Returns the bytes of the question behind the header.
   *
   * @throws IllegalArgumentException when {@code message} is not a query with one question
   */
  static int questionLength(byte[] message, int length) {
    int nameLength =
        length < Header.LENGTH || Header.uint16(message, Header.QDCOUNT_OFFSET) != 1
            ? -1
            : Names.length(message, Header.LENGTH, length);
    if (nameLength < 0 || Header.LENGTH + nameLength + TYPE_AND_CLASS_BYTES > length) {
      throw new IllegalArgumentException(
          "message: " + length + " bytes (expected a query with one question)");
    }
    return nameLength + TYPE_AND_CLASS_BYTES;
  }

  /** Compares all but the id; {@code reply} has a whole header. */
  static ReplyMatch of(byte[] query, int questionLength, byte[] reply, int length) {
    int flags = Header.uint16(reply, Header.FLAGS_OFFSET);
    int opcodeDifference = (query[Header.FLAGS_OFFSET] ^ flags >>> 8) & OPCODE_BITS_OF_BYTE;
    if ((flags & Header.QR) == 0 || opcodeDifference != 0) {
      return WRONG_SHAPE;
    }
    int questions = Header.uint16(reply, Header.QDCOUNT_OFFSET);
    if (questions == 0) {
      return isBareFailure(flags, reply) ? MATCH : WRONG_SHAPE;
    }
    if (questions != 1 || length < Header.LENGTH + questionLength) {
      return WRONG_SHAPE;
    }
    int nameEnd = Header.LENGTH + questionLength - TYPE_AND_CLASS_BYTES;
    if (Header.uint32(query, nameEnd) != Header.uint32(reply, nameEnd)) {
      return WRONG_QUESTION;
    }
    if (Arrays.equals(query, Header.LENGTH, nameEnd, reply, Header.LENGTH, nameEnd)) {
      return MATCH;
    }
    int nameLength = nameEnd - Header.LENGTH;
    return Names.equalsIgnoreCase(query, Header.LENGTH, reply, Header.LENGTH, nameLength)
        ? OTHER_CASE
        : WRONG_QUESTION;
  }

  /** A server that cannot read a query may send back no more than a header (RFC 8906 §3). */
  private static boolean isBareFailure(int flags, byte[] reply) {
    boolean failure =
        switch (flags & Header.RCODE_MASK) {
          case Rcode.FORMERR, Rcode.SERVFAIL, Rcode.NOTIMP, Rcode.REFUSED -> true;
          default -> false;
        };
    return failure
        && Header.uint16(reply, Header.ANCOUNT_OFFSET) == 0
        && Header.uint16(reply, Header.NSCOUNT_OFFSET) == 0;
  }
}
