package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZipfTest {

  private static final int NAMES = 1000;

  @Test
  void order_exponentOne_firstIsAskedTwiceAsOftenAsSecond() {
    long[] counts = counts(1);

    assertThat((double) counts[0] / counts[1]).isBetween(1.9, 2.1);
    assertThat((double) counts[0] / counts[9]).isBetween(9.0, 11.0);
    assertThat(Arrays.stream(counts).min().orElse(0)).isPositive();
  }

  @Test
  void order_exponentZero_allAreAskedAlike() {
    long[] counts = counts(0);

    assertThat((double) counts[0] / counts[NAMES - 1]).isBetween(0.8, 1.25);
  }

  @Test
  void order_twice_isTheSame() {
    assertThat(zipf(1).order()).isEqualTo(zipf(1).order());
  }

  @Test
  void zipf_badValues_areRefusedWithTheirRange() {
    assertThatThrownBy(() -> new Zipf(0, 1, List.of(1), "example.org"))
        .hasMessage("names: 0 (expected 1..10000000)");
    assertThatThrownBy(() -> new Zipf(1, 6, List.of(1), "example.org"))
        .hasMessage("zipf: 6.0 (expected 0.0..5.0)");
  }

  private static long[] counts(double exponent) {
    long[] counts = new long[NAMES];
    for (int rank : zipf(exponent).order()) {
      counts[rank]++;
    }
    return counts;
  }

  private static Zipf zipf(double exponent) {
    return new Zipf(NAMES, exponent, List.of(1), "example.org");
  }
}
