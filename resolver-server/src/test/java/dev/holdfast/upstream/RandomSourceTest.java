package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomSourceTest {

  @Test
  void next16Bits_manyDraws_coversTheRangeEvenly() {
    RandomSource random = new RandomSource();
    int[] counts = new int[256];
    int draws = 256_000;
    for (int i = 0; i < draws; i++) {
      counts[random.next16Bits() >>> 8]++;
    }
    assertThat(ChiSquare.of(counts)).isLessThan(ChiSquare.generousBound(counts.length));
  }

  @Test
  void nextBelow_boundThatDoesNotDivide_isUnbiased() {
    RandomSource random = new RandomSource();
    int[] counts = new int[48_000 / 1000];
    for (int i = 0; i < 200_000; i++) {
      counts[random.nextBelow(48_000) / 1000]++;
    }
    assertThat(ChiSquare.of(counts)).isLessThan(ChiSquare.generousBound(counts.length));
  }

  @Test
  void nextBelow_one_isZero() {
    assertThat(new RandomSource().nextBelow(1)).isZero();
  }

  @Test
  void next16Bits_bufferUsedUp_refills() {
    byte[] fill = {0};
    RandomSource random =
        new RandomSource(
            bytes -> {
              fill[0]++;
              Arrays.fill(bytes, fill[0]);
            });
    for (int i = 0; i < 512; i++) {
      assertThat(random.next16Bits()).isEqualTo(0x0101);
    }
    assertThat(random.next16Bits()).isEqualTo(0x0202);
  }
}
