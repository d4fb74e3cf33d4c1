package dev.holdfast.metrics;

import java.util.Arrays;
import java.util.Collection;

/** What latency histograms held at one moment, to be added up, compared and read. Immutable. */
public final class LatencySnapshot {

  /** Nothing at all. */
  public static final LatencySnapshot EMPTY =
      new LatencySnapshot(new long[LatencyHistogram.BUCKETS], 0);

  private final long[] counts;
  private final long sumNanos;

  LatencySnapshot(long[] counts, long sumNanos) {
    this.counts = counts;
    this.sumNanos = sumNanos;
  }

  /** Returns what several histograms hold together. */
  public static LatencySnapshot sum(Collection<LatencyHistogram> histograms) {
    long[] counts = new long[LatencyHistogram.BUCKETS];
    long sumNanos = 0;
    for (LatencyHistogram histogram : histograms) {
      LatencySnapshot snapshot = histogram.snapshot();
      for (int i = 0; i < counts.length; i++) {
        counts[i] += snapshot.counts[i];
      }
      sumNanos += snapshot.sumNanos;
    }
    return new LatencySnapshot(counts, sumNanos);
  }

  /** Returns what came after an earlier snapshot of the same histograms. */
  public LatencySnapshot since(LatencySnapshot earlier) {
    long[] later = counts.clone();
    for (int i = 0; i < later.length; i++) {
      later[i] -= earlier.counts[i];
    }
    return new LatencySnapshot(later, sumNanos - earlier.sumNanos);
  }

  /** How many times were recorded. */
  public long count() {
    return Arrays.stream(counts).sum();
  }

  /** All times added up. */
  public long sumNanos() {
    return sumNanos;
  }

  /** How many of the times were at most {@code nanos}: exact if that has two digits. */
  public long countAtMost(long nanos) {
    long count = 0;
    for (int i = 0; i < counts.length - 1 && LatencyHistogram.upperNanos(i) <= nanos; i++) {
      count += counts[i];
    }
    return count;
  }

  /**
   * Returns a time that {@code share} of all did not exceed, up to a tenth too long; 0 of none, and
   * 100 s at most.
   *
   * @param share from 0 to 1
   */
  public long quantileNanos(double share) {
    long rank = (long) Math.ceil(count() * share);
    long count = 0;
    for (int i = 0; i < counts.length; i++) {
      count += counts[i];
      if (count > 0 && count >= rank) {
        return LatencyHistogram.upperNanos(i);
      }
    }
    return 0;
  }
}
