package dev.holdfast.demo;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/**
 * One question as it came in, read in place: just enough to answer it. Reused for every message.
 * Confined to the upstream's thread.
 */
final class Query {

  static final int HEADER_LENGTH = 12;
  static final int TYPE_AND_CLASS_LENGTH = 4;

  private static final int MAX_NAME_LENGTH = 255;
  private static final int MAX_LABEL_LENGTH = 63;
  private static final int PLAIN_UDP_LENGTH = 512;
  private static final int OPT_TYPE = 41;
  private static final int OPT_FIXED_LENGTH = 11;

  byte[] bytes = new byte[0];
  int length;

  /**
   * End of name, type and class; equal to the header's length when there is no readable question.
   */
  int questionEnd;

  int type;
  int recordClass;
  boolean edns;
  boolean dnssecOk;
  int payloadSizeBytes;

  /** Reads the message; returns whether it is one that deserves any answer at all. */
  boolean read(byte[] message, int messageLength) {
    bytes = message;
    length = messageLength;
    questionEnd = HEADER_LENGTH;
    type = 0;
    recordClass = 0;
    edns = false;
    dnssecOk = false;
    payloadSizeBytes = PLAIN_UDP_LENGTH;
    if (length < HEADER_LENGTH || (flags() & Reply.QR) != 0) {
      return false;
    }
    int nameLength = uint16(4) == 1 ? nameLength() : 0;
    if (nameLength > 0) {
      type = uint16(HEADER_LENGTH + nameLength);
      recordClass = uint16(HEADER_LENGTH + nameLength + 2);
      questionEnd = HEADER_LENGTH + nameLength + TYPE_AND_CLASS_LENGTH;
      readOpt();
    }
    return true;
  }

  int id() {
    return uint16(0);
  }

  int flags() {
    return uint16(2);
  }

  int opcode() {
    return flags() >> 11 & 0xf;
  }

  boolean hasQuestion() {
    return questionEnd > HEADER_LENGTH;
  }

  /** The name asked for, or null when there is none. */
  @Nullable Name name() {
    try {
      return hasQuestion() ? new Name(slice(HEADER_LENGTH, questionEnd)) : null;
    } catch (IOException e) {
      return null;
    }
  }

  byte[] slice(int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private int nameLength() {
    int position = HEADER_LENGTH;
    while (position < length && position - HEADER_LENGTH < MAX_NAME_LENGTH) {
      int label = bytes[position] & 0xff;
      position += label + 1;
      if (label == 0) {
        boolean complete = position + TYPE_AND_CLASS_LENGTH <= length;
        return complete ? position - HEADER_LENGTH : 0;
      }
      if (label > MAX_LABEL_LENGTH) {
        return 0;
      }
    }
    return 0;
  }

  /** An OPT is looked for only where forwarders put it: as the first record after the question. */
  private void readOpt() {
    if (uint16(10) > 0
        && length >= questionEnd + OPT_FIXED_LENGTH
        && bytes[questionEnd] == 0
        && uint16(questionEnd + 1) == OPT_TYPE) {
      edns = true;
      payloadSizeBytes = Math.max(PLAIN_UDP_LENGTH, uint16(questionEnd + 3));
      dnssecOk = (bytes[questionEnd + 7] & 0x80) != 0;
    }
  }

  private int uint16(int offset) {
    return (bytes[offset] & 0xff) << 8 | (bytes[offset + 1] & 0xff);
  }
}
