package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndTimeTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2025-10-20T06:48:00Z"), ZoneOffset.ofHours(2));

  @ParameterizedTest
  @CsvSource({
    "2025-10-20T12:00:00Z, 2025-10-20T12:00:00Z",
    "2025-10-20T12:00Z, 2025-10-20T12:00:00Z",
    "2025-10-20T12:00:00+05:30, 2025-10-20T06:30:00Z",
    "2025-10-20T12:00, 2025-10-20T10:00:00Z",
    "2025-10-20T12:00:30, 2025-10-20T10:00:30Z",
    "12:00, 2025-10-20T10:00:00Z",
    "08:49, 2025-10-20T06:49:00Z",
    "08:48, 2025-10-21T06:48:00Z",
    "00:00, 2025-10-20T22:00:00Z"
  })
  void parse_forms_areTimes(String text, Instant expected) {
    assertThat(EndTime.parse(text, CLOCK)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "noon", "25:00", "2025-10-20", "2025-13-20T12:00", "T", "12"})
  void parse_other_saysWhatWasExpected(String text) {
    assertThatThrownBy(() -> EndTime.parse(text, CLOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(text + " (expected a time such as 2025-10-20T12:00:00Z or 12:00)");
  }

  @Test
  void at_times_areToldFromNow() {
    TimeText times = new TimeText(Instant.parse("2025-10-20T06:48:00Z"));

    assertThat(times.at(Instant.parse("2025-10-20T06:47:59.9Z")))
        .isEqualTo("2025-10-20T06:47:59Z (0s ago)");
    assertThat(times.at(Instant.parse("2025-10-20T06:44:02Z")))
        .isEqualTo("2025-10-20T06:44:02Z (3m 58s ago)");
    assertThat(times.at(Instant.parse("2025-10-20T08:48:00Z")))
        .isEqualTo("2025-10-20T08:48:00Z (in 2h)");
    assertThat(times.distance(Instant.parse("2025-10-17T02:48:00Z"))).isEqualTo("3d 4h ago");
    assertThat(times.at(null)).isEqualTo("an unknown time");
  }
}
