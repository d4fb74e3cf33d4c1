package dev.holdfast.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HoldConfigTest {

  @Test
  void constructor_outOfRange_saysValueAndRange() {
    assertRefused(Duration.ofSeconds(-1), 3, Duration.ofHours(6), "min-history: PT-1S");
    assertRefused(Duration.ofDays(31), 3, Duration.ofHours(6), "(expected 0s..30d)");
    assertRefused(Duration.ZERO, -1, Duration.ofHours(6), "min-refreshes: -1");
    assertRefused(Duration.ZERO, 1001, Duration.ofHours(6), "(expected 0..1000)");
    assertRefused(Duration.ZERO, 0, Duration.ofMillis(999), "window: PT0.999S");
    assertRefused(Duration.ZERO, 0, Duration.ofDays(8), "(expected 1s..7d)");
  }

  @Test
  void zone_suffix_isFolded() {
    assertThat(new HoldConfig.Zone("API.Example.ORG", HoldMode.ENFORCE).suffix())
        .isEqualTo("api.example.org.");
    assertThatThrownBy(() -> new HoldConfig.Zone("a..b", HoldMode.ENFORCE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertRefused(
      Duration minHistory, int minRefreshes, Duration window, String message) {
    assertThatThrownBy(
            () -> new HoldConfig(HoldMode.OFF, minHistory, minRefreshes, window, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
