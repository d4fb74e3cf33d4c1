package dev.holdfast.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash of 64 bits for short inputs that nobody
 * can produce without the key. Immutable.
 */
public final class SipHash {

  /** Bytes of a key. */
  public static final int KEY_LENGTH = 16;

  private static final int COMPRESSION_ROUNDS = 2;
  private static final int FINALISATION_ROUNDS = 4;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long key0;
  private final long key1;

  /**
   * @param key {@link #KEY_LENGTH} bytes
   */
  public SipHash(byte[] key) {
    if (key.length != KEY_LENGTH) {
      throw new IllegalArgumentException(
          "key: " + key.length + " bytes (expected " + KEY_LENGTH + ")");
    }
    key0 = (long) LONGS.get(key, 0);
    key1 = (long) LONGS.get(key, Long.BYTES);
  }

  /**
   * Returns the hash; its bytes in the order of the definition are those of the little end first.
   */
  public long hash(byte[] input, int offset, int length) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    int words = length / Long.BYTES;
    for (int word = 0; word <= words + 1; word++) {
      long m = 0;
      int rounds = COMPRESSION_ROUNDS;
      if (word < words) {
        m = (long) LONGS.get(input, offset + word * Long.BYTES);
      } else if (word == words) {
        m = lastWord(input, offset, length);
      } else {
        v2 ^= 0xff;
        rounds = FINALISATION_ROUNDS;
      }
      v3 ^= m;
      for (int round = 0; round < rounds; round++) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32) + v3;
        v2 += v1;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= m;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /** The bytes behind the last whole word, and the length above them. */
  private static long lastWord(byte[] input, int offset, int length) {
    long m = (long) length << 56;
    int rest = length % Long.BYTES;
    for (int i = 0; i < rest; i++) {
      m |= (input[offset + length - rest + i] & 0xffL) << (8 * i);
    }
    return m;
  }
}
