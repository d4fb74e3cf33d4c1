package dev.holdfast.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapShareTest {

  private static final long MEBIBYTE = 1L << 20;

  @Test
  void of_largeHeap_isWhatItIsWorth() {
    assertThat(HeapShare.of(44, 128 * MEBIBYTE, 512 * MEBIBYTE)).isEqualTo(128 * MEBIBYTE);
  }

  @Test
  void of_smallHeap_isItsPart() {
    assertThat(HeapShare.of(50, 128 * MEBIBYTE, 100 * MEBIBYTE)).isEqualTo(50 * MEBIBYTE);
  }

  @Test
  void of_tinyHeap_isNeverNothing() {
    assertThat(HeapShare.of(5, 128 * MEBIBYTE, MEBIBYTE)).isEqualTo(MEBIBYTE);
  }
}
