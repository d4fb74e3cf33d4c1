package dev.holdfast.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Times as people read them, seen from one moment. Immutable. */
record TimeText(Instant now) {

  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** A time and how far it is from now: {@code 2025-10-20T06:48:00Z (3m 58s ago)}. */
  String at(@Nullable Instant time) {
    if (time == null) {
      return "an unknown time";
    }
    return time.truncatedTo(ChronoUnit.SECONDS) + " (" + distance(time) + ")";
  }

  /** How far a time is from now: {@code in 5s} or {@code 5s ago}. */
  String distance(@Nullable Instant time) {
    if (time == null) {
      return "at an unknown time";
    }
    return time.isAfter(now) ? "in " + until(time) : since(time) + " ago";
  }

  /** The time that has passed since a time: {@code 2h 5m}. */
  String since(@Nullable Instant time) {
    return time == null ? "unknown" : length(Duration.between(time, now));
  }

  private String until(Instant time) {
    return length(Duration.between(now, time));
  }

  /** A length of time in its two largest units. */
  static String length(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds >= DAY) {
      return two(seconds / DAY, "d", seconds % DAY / HOUR, "h");
    }
    if (seconds >= HOUR) {
      return two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "m");
    }
    return seconds >= MINUTE ? two(seconds / MINUTE, "m", seconds % MINUTE, "s") : seconds + "s";
  }

  private static String two(long large, String largeUnit, long small, String smallUnit) {
    return large + largeUnit + (small == 0 ? "" : " " + small + smallUnit);
  }
}
