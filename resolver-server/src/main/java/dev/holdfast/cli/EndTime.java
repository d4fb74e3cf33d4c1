package dev.holdfast.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;

/** Reads the time at which something ends, as people write it. */
final class EndTime {

  private EndTime() {}

  /**
   * Reads {@code 2025-10-20T12:00:00Z}, or in the zone of the clock {@code 2025-10-20T12:00}, or
   * {@code 12:00} for the next time that the clock shows that.
   *
   * @throws IllegalArgumentException saying what was expected instead
   */
  static Instant parse(String text, Clock clock) {
    try {
      if (text.indexOf('T') < 0) {
        return next(LocalTime.parse(text), clock);
      }
      boolean zoned = text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)");
      return zoned
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).atZone(clock.getZone()).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          text + " (expected a time such as 2025-10-20T12:00:00Z or 12:00)", e);
    }
  }

  private static Instant next(LocalTime time, Clock clock) {
    ZonedDateTime now = ZonedDateTime.now(clock);
    ZonedDateTime today = now.with(time);
    return (today.isAfter(now) ? today : today.plusDays(1)).toInstant();
  }
}
