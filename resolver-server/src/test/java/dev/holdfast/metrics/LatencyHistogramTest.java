package dev.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final LatencyHistogram histogram = new LatencyHistogram();

  @Test
  void buckets_all_growAndMeet() {
    for (int i = 1; i < LatencyHistogram.BUCKETS - 1; i++) {
      long upper = LatencyHistogram.upperNanos(i);

      assertThat(LatencyHistogram.bucket(upper)).as("its upper bound").isEqualTo(i);
      assertThat(LatencyHistogram.bucket(upper + 1)).as("what is longer").isEqualTo(i + 1);
      assertThat((double) upper / LatencyHistogram.upperNanos(i - 1)).isBetween(1.01, 1.1001);
    }
  }

  @ParameterizedTest
  @CsvSource({"-5, 0", "0, 0", "1000, 0", "1001, 1", "100000000001, 721"})
  void bucket_outsideTheRange_isTheFirstOrTheLast(long nanos, int bucket) {
    assertThat(LatencyHistogram.bucket(nanos)).isEqualTo(bucket);
  }

  @ParameterizedTest
  @ValueSource(longs = {10_000, 25_000, 50_000_000, 2_500_000, 1_000_000_000, 10_000_000_000L})
  void countAtMost_boundOfTwoDigits_isExact(long bound) {
    histogram.record(bound - 1, 1);
    histogram.record(bound, 1);
    histogram.record(bound + 1, 1);

    assertThat(histogram.snapshot().countAtMost(bound)).isEqualTo(2);
  }

  @Test
  void quantile_ofManyTimes_isAtMostATenthTooLong() {
    for (int millis = 1; millis <= 1000; millis++) {
      histogram.record(millis * MILLI, 1);
    }
    LatencySnapshot snapshot = histogram.snapshot();

    assertThat(snapshot.quantileNanos(0.5)).isBetween(500 * MILLI, 550 * MILLI);
    assertThat(snapshot.quantileNanos(0.99)).isBetween(990 * MILLI, 1089 * MILLI);
    assertThat(snapshot.quantileNanos(0)).isEqualTo(MILLI);
    assertThat(snapshot.quantileNanos(1)).isEqualTo(1000 * MILLI);
    assertThat(snapshot.count()).isEqualTo(1000);
    assertThat(snapshot.sumNanos()).isEqualTo(500_500 * MILLI);
  }

  @Test
  void quantile_ofNothing_isZero() {
    assertThat(LatencySnapshot.EMPTY.quantileNanos(0.99)).isZero();
  }

  @Test
  void record_wholeBatch_countsEachOfIt() {
    histogram.record(2 * MILLI, 64);

    assertThat(histogram.snapshot().count()).isEqualTo(64);
    assertThat(histogram.snapshot().sumNanos()).isEqualTo(128 * MILLI);
  }

  @Test
  void since_anEarlierSnapshot_isWhatCameBetween() {
    histogram.record(MILLI, 5);
    LatencySnapshot earlier = histogram.snapshot();
    histogram.record(8 * MILLI, 2);

    LatencySnapshot between = histogram.snapshot().since(earlier);

    assertThat(between.count()).isEqualTo(2);
    assertThat(between.quantileNanos(0.01)).isEqualTo(8 * MILLI);
    assertThat(between.sumNanos()).isEqualTo(16 * MILLI);
  }

  @Test
  void sum_ofTwoLoops_holdsBoth() {
    LatencyHistogram other = new LatencyHistogram();
    histogram.record(MILLI, 1);
    other.record(3 * MILLI, 1);

    LatencySnapshot sum = LatencySnapshot.sum(List.of(histogram, other));

    assertThat(sum.count()).isEqualTo(2);
    assertThat(sum.sumNanos()).isEqualTo(4 * MILLI);
  }
}
