package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantitiesTest {

  @ParameterizedTest
  @CsvSource({
    "1800ms, 1800, 1800ms",
    "30s, 30000, 30s",
    "5m, 300000, 5m",
    "60m, 3600000, 1h",
    "24h, 86400000, 1d",
    "0s, 0, 0s",
    "0, 0, 0s",
    "-5ms, -5, -5ms",
  })
  void duration_numberAndUnit_readsAndFormats(String text, long millis, String shown) {
    Duration duration = Quantities.duration(text);

    assertThat(duration).isEqualTo(Duration.ofMillis(millis));
    assertThat(Quantities.format(duration)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "512B, 512, 512B",
    "1024B, 1024, 1KiB",
    "64MiB, 67108864, 64MiB",
    "1GiB, 1073741824, 1GiB",
    "1TiB, 1099511627776, 1TiB",
    "0B, 0, 0B",
  })
  void size_numberAndUnit_readsAndFormats(String text, long bytes, String shown) {
    assertThat(Quantities.size(text)).isEqualTo(bytes);
    assertThat(Quantities.formatSize(bytes)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "30, 30s",
    "30 s, 30s",
    "30S, 30s",
    "5min, 5m",
    "2days, 2d",
    "1sec, 1s",
    "100MS, 100ms"
  })
  void duration_otherNotation_suggestsOurs(String text, String meant) {
    assertThatThrownBy(() -> Quantities.duration(text))
        .hasMessageEndingWith("Did you mean \"" + meant + "\"?");
  }

  @ParameterizedTest
  @CsvSource({"64, 64B", "64M, 64MiB", "64mb, 64MiB", "1 GiB, 1GiB", "2k, 2KiB"})
  void size_otherNotation_suggestsOurs(String text, String meant) {
    assertThatThrownBy(() -> Quantities.size(text))
        .hasMessageEndingWith("Did you mean \"" + meant + "\"?");
  }

  @ParameterizedTest
  @CsvSource({"''", "s", "1.5h", "1h30m", "10fortnights", "0x10s", "--1s", "99999999999999999999s"})
  void duration_nonsense_saysWhatWasExpected(String text) {
    assertThatThrownBy(() -> Quantities.duration(text))
        .hasMessageStartingWith(text + " (expected a number with ms, s, m, h or d, such as 30s)");
  }
}
