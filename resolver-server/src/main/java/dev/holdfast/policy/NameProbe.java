package dev.holdfast.policy;

import dev.holdfast.wire.Names;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * A name that rules are looked for: folded, with a hash of each name that it ends in, itself and
 * the root included. Filled again for every name; confined to one thread.
 */
public final class NameProbe {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Secrets of this process, so that nobody outside can choose names that collide. */
  private static final long SEED = new SecureRandom().nextLong();

  private static final long SECRET = new SecureRandom().nextLong() | 1;

  /** Suffixes of the longest name: its labels and the root. */
  private static final int MAX_SUFFIXES = Names.MAX_LENGTH / 2 + 1;

  /** With room to read eight bytes at the start of the last label. */
  private final byte[] name = new byte[Names.MAX_LENGTH + Long.BYTES];

  private final int[] starts = new int[MAX_SUFFIXES];
  private final long[] hashes = new long[MAX_SUFFIXES];
  private int length;
  private int suffixes;

  /** Takes the name at {@code offset}, uncompressed, in any case. */
  public NameProbe set(byte[] bytes, int offset, int nameLength) {
    length = nameLength;
    Names.fold(bytes, offset, name, 0, nameLength);
    suffixes = 0;
    int start = 0;
    while (name[start] != 0) {
      starts[suffixes++] = start;
      start += name[start] + 1;
    }
    starts[suffixes] = start;
    hashes[suffixes] = SEED;
    for (int i = suffixes - 1; i >= 0; i--) {
      hashes[i] = hashLabel(hashes[i + 1], starts[i], starts[i + 1]);
    }
    suffixes++;
    return this;
  }

  /** Takes a name that fills the array. */
  public NameProbe set(byte[] wholeName) {
    return set(wholeName, 0, wholeName.length);
  }

  /* Eight bytes at a time, the last of them masked; the length byte tells labels apart. */
  private long hashLabel(long seed, int start, int end) {
    long hash = seed;
    for (int i = start; i < end; i += Long.BYTES) {
      long word = (long) LONGS.get(name, i);
      int left = end - i;
      if (left < Long.BYTES) {
        word &= (1L << (Byte.SIZE * left)) - 1;
      }
      long mixed = hash ^ word;
      hash = Math.unsignedMultiplyHigh(mixed, SECRET) ^ (mixed * SECRET);
      hash = (hash ^ (hash >>> 32)) + SECRET;
    }
    return hash;
  }

  /** How many names it ends in: itself first, the root last. */
  int suffixes() {
    return suffixes;
  }

  /** Where a suffix begins in {@link #bytes}. */
  int start(int suffix) {
    return starts[suffix];
  }

  long hash(int suffix) {
    return hashes[suffix];
  }

  /** The folded name and, behind it, anything. */
  byte[] bytes() {
    return name;
  }

  /** Length of the whole name. */
  int length() {
    return length;
  }
}
