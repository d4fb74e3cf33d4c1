package dev.holdfast.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Domain names in wire form: length-prefixed labels that end with the root label (RFC 1035 §3.1).
 * All methods here take names without compression pointers.
 */
public final class Names {

  /** Longest name in wire form, root label included (RFC 1035 §2.3.4). */
  public static final int MAX_LENGTH = 255;

  /** Longest label without its length byte (RFC 1035 §2.3.4). */
  public static final int MAX_LABEL_LENGTH = 63;

  private static final byte[] LOWER = new byte[256];

  static {
    for (int i = 0; i < LOWER.length; i++) {
      LOWER[i] = (byte) (i >= 'A' && i <= 'Z' ? i + ('a' - 'A') : i);
    }
  }

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long TOP_BITS = ONES << 7;

  private Names() {}

  /**
   * Returns the wire length of the uncompressed name at {@code offset}, or -1 when it is not one.
   */
  public static int length(byte[] bytes, int offset, int limit) {
    int position = offset;
    while (position < limit) {
      int label = bytes[position] & 0xff;
      if (label > MAX_LABEL_LENGTH) {
        return -1;
      }
      position += label + 1;
      int length = position - offset;
      if (length > MAX_LENGTH) {
        return -1;
      }
      if (label == 0) {
        return position <= limit ? length : -1;
      }
    }
    return -1;
  }

  /** Returns {@code value} in lower case if it is an ASCII letter (RFC 4343). */
  public static byte fold(byte value) {
    return LOWER[value & 0xff];
  }

  /** Copies a name in lower case. Length bytes are below 64 and so untouched by folding. */
  public static void fold(byte[] source, int offset, byte[] target, int targetOffset, int length) {
    if (length < Long.BYTES) {
      for (int i = 0; i < length; i++) {
        target[targetOffset + i] = fold(source[offset + i]);
      }
      return;
    }
    int last = length - Long.BYTES;
    for (int i = 0; i < last; i += Long.BYTES) {
      LONGS.set(target, targetOffset + i, foldEight((long) LONGS.get(source, offset + i)));
    }
    LONGS.set(target, targetOffset + last, foldEight((long) LONGS.get(source, offset + last)));
  }

  /*
   * Eight bytes at once. Adding to the low seven bits of each sets its top bit from 'A' upwards and
   * from behind 'Z'; where only the first did, the byte is an upper-case letter and gets 0x20.
   */
  private static long foldEight(long bytes) {
    long lowBits = bytes & ~TOP_BITS;
    long fromA = lowBits + ONES * (0x80 - 'A');
    long behindZ = lowBits + ONES * (0x80 - 'Z' - 1);
    long upperCase = (fromA ^ behindZ) & ~bytes & TOP_BITS;
    return bytes | upperCase >>> 2;
  }

  /** Returns a lower-case copy of the name at {@code offset}. */
  public static byte[] folded(byte[] bytes, int offset, int length) {
    byte[] copy = new byte[length];
    fold(bytes, offset, copy, 0, length);
    return copy;
  }

  /** Compares two names of the same length without regard to case. */
  public static boolean equalsIgnoreCase(byte[] a, int aOffset, byte[] b, int bOffset, int length) {
    for (int i = 0; i < length; i++) {
      if (LOWER[a[aOffset + i] & 0xff] != LOWER[b[bOffset + i] & 0xff]) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code name} is {@code suffix} or below it; both folded. */
  public static boolean endsWith(byte[] name, byte[] suffix) {
    int start = name.length - suffix.length;
    if (start < 0) {
      return false;
    }
    int position = 0;
    while (position < start) {
      position += name[position] + 1;
    }
    return position == start && Arrays.equals(name, start, name.length, suffix, 0, suffix.length);
  }

  /** Returns the name without its first label, or null for the root. */
  public static byte @Nullable [] parent(byte[] name) {
    return name[0] == 0 ? null : Arrays.copyOfRange(name, name[0] + 1, name.length);
  }

  /**
   * Reads a name in presentation form (RFC 1035 §5.1): labels between dots, {@code \DDD} and {@code
   * \X} escapes, the final dot optional.
   *
   * @throws IllegalArgumentException for an empty label, a label over 63 or a name over 255 bytes
   */
  public static byte[] parse(String text) {
    if (text.equals(".")) {
      return new byte[] {0};
    }
    byte[] source = text.getBytes(StandardCharsets.UTF_8);
    byte[] name = new byte[source.length + 2];
    int labelStart = 0;
    int length = 1;
    for (int i = 0; i < source.length; i++) {
      int value = source[i] & 0xff;
      if (value == '.') {
        labelStart = closeLabel(text, name, labelStart, length);
        length = labelStart + 1;
        continue;
      }
      if (value == '\\') {
        value = escaped(text, source, i + 1);
        i += Character.isDigit(source[i + 1]) ? 3 : 1;
      }
      name[length++] = (byte) value;
    }
    if (length > labelStart + 1) {
      labelStart = closeLabel(text, name, labelStart, length);
    } else if (labelStart == 0) {
      throw new IllegalArgumentException("\"" + text + "\": empty name (expected a domain name)");
    }
    if (labelStart + 1 > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "\"" + text + "\": " + (labelStart + 1) + " bytes long (expected at most 255)");
    }
    return Arrays.copyOf(name, labelStart + 1);
  }

  private static int closeLabel(String text, byte[] name, int labelStart, int end) {
    int labelLength = end - labelStart - 1;
    if (labelLength < 1 || labelLength > MAX_LABEL_LENGTH) {
      throw new IllegalArgumentException(
          "\"" + text + "\": label of " + labelLength + " bytes (expected 1..63)");
    }
    name[labelStart] = (byte) labelLength;
    return end;
  }

  private static int escaped(String text, byte[] source, int offset) {
    if (offset < source.length && !Character.isDigit(source[offset])) {
      return source[offset] & 0xff;
    }
    int value = -1;
    if (offset + 2 < source.length
        && Character.isDigit(source[offset + 1])
        && Character.isDigit(source[offset + 2])) {
      value =
          (source[offset] - '0') * 100 + (source[offset + 1] - '0') * 10 + source[offset + 2] - '0';
    }
    if (value < 0 || value > 255) {
      throw new IllegalArgumentException(
          "\"" + text + "\": bad escape (expected \\DDD with 000..255, or \\ and one character)");
    }
    return value;
  }

  /**
   * Returns the presentation form with a final dot; everything unusual is escaped as {@code \DDD}.
   */
  public static String toText(byte[] bytes, int offset) {
    if (bytes[offset] == 0) {
      return ".";
    }
    StringBuilder text = new StringBuilder();
    int position = offset;
    for (int label = bytes[position]; label != 0; label = bytes[position]) {
      for (int i = position + 1; i <= position + label; i++) {
        appendEscaped(text, bytes[i] & 0xff);
      }
      text.append('.');
      position += label + 1;
    }
    return text.toString();
  }

  /** Returns the presentation form of a name that fills the array. */
  public static String toText(byte[] name) {
    return toText(name, 0);
  }

  private static void appendEscaped(StringBuilder text, int value) {
    boolean plain =
        (value >= 'a' && value <= 'z')
            || (value >= 'A' && value <= 'Z')
            || (value >= '0' && value <= '9')
            || value == '-'
            || value == '_'
            || value == '*'
            || value == '/';
    if (plain) {
      text.append((char) value);
    } else {
      text.append('\\').append((char) ('0' + value / 100));
      text.append((char) ('0' + value / 10 % 10)).append((char) ('0' + value % 10));
    }
  }
}
