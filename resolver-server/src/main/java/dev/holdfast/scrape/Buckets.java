package dev.holdfast.scrape;

import dev.holdfast.metrics.LatencySnapshot;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

/** Latencies in the buckets that a scrape sees: 10 µs to 10 s in steps of 1, 2.5 and 5. */
final class Buckets {

  private static final long[] BOUNDS_NANOS = bounds();
  private static final double NANOS_PER_SECOND = 1e9;

  private Buckets() {}

  private static long[] bounds() {
    long[] bounds = new long[19];
    long decade = 10_000;
    for (int i = 0; i < bounds.length - 1; i += 3) {
      bounds[i] = decade;
      bounds[i + 1] = decade * 5 / 2;
      bounds[i + 2] = decade * 5;
      decade *= 10;
    }
    bounds[bounds.length - 1] = decade;
    return bounds;
  }

  static HistogramDataPointSnapshot of(LatencySnapshot latencies, Labels labels) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long below = 0;
    for (long bound : BOUNDS_NANOS) {
      long upTo = latencies.countAtMost(bound);
      buckets.bucket(bound / NANOS_PER_SECOND, upTo - below);
      below = upTo;
    }
    buckets.bucket(Double.POSITIVE_INFINITY, latencies.count() - below);
    return HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(buckets.build())
        .sum(latencies.sumNanos() / NANOS_PER_SECOND)
        .labels(labels)
        .build();
  }
}
