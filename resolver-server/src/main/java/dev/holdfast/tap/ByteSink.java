package dev.holdfast.tap;

import java.util.Arrays;

/** Bytes that grow as they are put, and can be used again. Confined to one thread. */
final class ByteSink {

  private byte[] bytes = new byte[1024];
  private int length;

  void clear() {
    length = 0;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Puts the low 8 bits of {@code value}. */
  void put(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
  }

  /** Puts 32 bits, most significant first. */
  void putInt(int value) {
    put(value >>> 24);
    put(value >>> 16);
    put(value >>> 8);
    put(value);
  }

  void put(byte[] source, int count) {
    reserve(count);
    System.arraycopy(source, 0, bytes, length, count);
    length += count;
  }

  private void reserve(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
