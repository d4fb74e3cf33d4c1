package dev.holdfast.upstream;

import dev.holdfast.wire.Names;
import java.security.SecureRandom;
import java.util.function.Consumer;

/**
 * Unpredictable numbers for ids and source ports (RFC 5452 §9.2): a buffer that a {@link
 * SecureRandom} refills, so that a draw costs a few array reads. Confined to one event loop.
 */
public final class RandomSource {

  private static final int BUFFER_BYTES = 1024;
  private static final int VALUES_16_BITS = 1 << 16;
  private static final int CASE_BIT = 0x20;

  private final Consumer<byte[]> filler;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position = BUFFER_BYTES;

  public RandomSource() {
    this(new SecureRandom()::nextBytes);
  }

  /** A source that takes its bytes from {@code filler}: for a run that must repeat itself. */
  RandomSource(Consumer<byte[]> filler) {
    this.filler = filler;
  }

  /** Returns a value of 0..65535, each as likely as the others. */
  public int next16Bits() {
    if (position == BUFFER_BYTES) {
      filler.accept(buffer);
      position = 0;
    }
    int value = (buffer[position] & 0xff) << 8 | (buffer[position + 1] & 0xff);
    position += 2;
    return value;
  }

  /** Returns a value of 0..bound-1, each as likely as the others; bound is 1..65536. */
  public int nextBelow(int bound) {
    int unbiasedLimit = VALUES_16_BITS - VALUES_16_BITS % bound;
    int value;
    do {
      value = next16Bits();
    } while (value >= unbiasedLimit);
    return value % bound;
  }

  /** Gives every letter of a name in wire form a case of its own (0x20). */
  void randomiseCase(byte[] name, int offset, int length) {
    int bits = 0;
    int left = 0;
    for (int i = offset; i < offset + length; i++) {
      byte letter = Names.fold(name[i]);
      if (letter < 'a' || letter > 'z') {
        continue; // lengths of labels are below the letters
      }
      if (left == 0) {
        bits = next16Bits();
        left = Short.SIZE;
      }
      name[i] = (byte) (letter ^ (bits & 1) * CASE_BIT);
      bits >>>= 1;
      left--;
    }
  }
}
