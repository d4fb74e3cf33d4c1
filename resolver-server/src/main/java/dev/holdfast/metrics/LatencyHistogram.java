package dev.holdfast.metrics;

import java.util.concurrent.TimeUnit;

/**
 * How long something took, in buckets of two decimal digits from 1 µs to 100 s. Written by one
 * thread at a time, readable by any: a scrape adds up the loops.
 */
public final class LatencyHistogram {

  /*
   * Bucket 0 holds what took up to 1 µs and the last one what took more than 100 s. Between them
   * every decade has 90 buckets of equal width: (1.0, 1.1], (1.1, 1.2] ... (9.9, 10]. So bounds as
   * 1 ms, 2.5 ms or 50 ms, which people like, are bounds of buckets too, and counts up to them are
   * exact.
   */
  static final long MIN_NANOS = TimeUnit.MICROSECONDS.toNanos(1);
  static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(100);
  static final int BUCKETS = 8 * 90 + 2;

  private static final int BUCKETS_PER_DECADE = 90;
  private static final int FIRST_OF_DECADE = 10;
  private static final int DECADE = 10;
  private static final long FIRST_WIDTH_NANOS = MIN_NANOS / FIRST_OF_DECADE;

  /** Behind the buckets. */
  private static final int SUM_NANOS = BUCKETS;

  private final LoopLongs counts = new LoopLongs(BUCKETS + 1);

  /** Records that {@code count} things took {@code nanos} each. */
  public void record(long nanos, int count) {
    counts.add(bucket(nanos), count);
    counts.add(SUM_NANOS, Math.max(0, nanos) * count);
  }

  /** Returns what was recorded so far. */
  public LatencySnapshot snapshot() {
    long[] copy = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      copy[i] = counts.get(i);
    }
    return new LatencySnapshot(copy, counts.get(SUM_NANOS));
  }

  /** Returns the bucket of a time. */
  static int bucket(long nanos) {
    if (nanos <= MIN_NANOS) {
      return 0;
    }
    if (nanos > MAX_NANOS) {
      return BUCKETS - 1;
    }
    long below = nanos - 1; // bounds belong to the bucket that they end
    long widthNanos = FIRST_WIDTH_NANOS;
    int first = 1;
    while (below >= widthNanos * DECADE * FIRST_OF_DECADE) {
      widthNanos *= DECADE;
      first += BUCKETS_PER_DECADE;
    }
    return first + (int) (below / widthNanos) - FIRST_OF_DECADE;
  }

  /** Returns the longest time of a bucket; the last one has none, and gives that before it. */
  static long upperNanos(int bucket) {
    long widthNanos = FIRST_WIDTH_NANOS;
    int position = Math.min(bucket, BUCKETS - 2);
    while (position > BUCKETS_PER_DECADE) {
      position -= BUCKETS_PER_DECADE;
      widthNanos *= DECADE;
    }
    return widthNanos * (position + FIRST_OF_DECADE);
  }
}
