package dev.holdfast.wire;

/** Addresses inside a message in presentation form. */
final class AddressText {

  private static final int GROUPS = 8;

  private AddressText() {}

  static String ipv4(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff)
        + "."
        + (bytes[offset + 1] & 0xff)
        + "."
        + (bytes[offset + 2] & 0xff)
        + "."
        + (bytes[offset + 3] & 0xff);
  }

  /** Returns the short form: the first longest run of zero groups left out (RFC 5952 §4.2). */
  static String ipv6(byte[] bytes, int offset) {
    int runStart = 0;
    int runLength = 0;
    for (int start = 0; start < GROUPS; start++) {
      int length = 0;
      while (start + length < GROUPS && group(bytes, offset, start + length) == 0) {
        length++;
      }
      if (length > runLength) {
        runStart = start;
        runLength = length;
      }
    }
    if (runLength < 2) {
      return groups(bytes, offset, 0, GROUPS);
    }
    return groups(bytes, offset, 0, runStart)
        + "::"
        + groups(bytes, offset, runStart + runLength, GROUPS);
  }

  private static String groups(byte[] bytes, int offset, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(group(bytes, offset, i)));
    }
    return text.toString();
  }

  private static int group(byte[] bytes, int offset, int index) {
    return Header.uint16(bytes, offset + 2 * index);
  }
}
