package dev.holdfast.tap;

import java.util.Arrays;

/**
 * Who is seen most often, in a fixed number of places (Metwally et al., "Space-Saving", 2005):
 * somebody new takes the place of whoever has the lowest count, and inherits it. Counts are too
 * high by the inherited part at most, and nobody frequent is missed. Confined to one thread.
 */
final class HeavyHitters {

  private static final int MAX_LABEL_BYTES = 255;

  private final long[] keysHigh;
  private final long[] keysLow;
  private final long[] counts;
  private final long[] inherited;
  private final byte[][] labels;
  private final int[] labelLengths;
  private int used;

  /** Makes room for {@code places}, each with a label of up to 255 bytes. */
  HeavyHitters(int places) {
    keysHigh = new long[places];
    keysLow = new long[places];
    counts = new long[places];
    inherited = new long[places];
    labels = new byte[places][MAX_LABEL_BYTES];
    labelLengths = new int[places];
  }

  /** Counts {@code weight} more sightings of a key of 128 bits; allocates nothing. */
  void add(long keyHigh, long keyLow, byte[] label, int offset, int length, long weight) {
    int lowest = 0;
    for (int i = 0; i < used; i++) {
      if (keysLow[i] == keyLow && keysHigh[i] == keyHigh) {
        counts[i] += weight;
        return;
      }
      if (counts[i] < counts[lowest]) {
        lowest = i;
      }
    }
    int place = used < counts.length ? used++ : lowest;
    keysHigh[place] = keyHigh;
    keysLow[place] = keyLow;
    inherited[place] = counts[place];
    counts[place] += weight;
    labelLengths[place] = Math.min(length, MAX_LABEL_BYTES);
    System.arraycopy(label, offset, labels[place], 0, labelLengths[place]);
  }

  /** Halves every count, so that what was long ago weighs less. */
  void halve() {
    for (int i = 0; i < used; i++) {
      counts[i] >>= 1;
      inherited[i] >>= 1;
    }
  }

  /** Returns those seen for sure, in no order. */
  Hitter[] read() {
    Hitter[] hitters = new Hitter[used];
    int found = 0;
    for (int i = 0; i < used; i++) {
      long certain = counts[i] - inherited[i];
      if (certain > 0) {
        byte[] label = Arrays.copyOf(labels[i], labelLengths[i]);
        hitters[found++] = new Hitter(keysHigh[i], keysLow[i], label, certain);
      }
    }
    return Arrays.copyOf(hitters, found);
  }

  /** One of those seen most often. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Hitter(long keyHigh, long keyLow, byte[] label, long count) {}
}
