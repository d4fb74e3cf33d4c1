package dev.holdfast.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers with units as people write them: {@code 1800ms}, {@code 30s}, {@code 64MiB}. */
public final class Quantities {

  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(-?\\d{1,18}) ?([A-Za-z]*)");

  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private static final Map<String, Long> BYTES =
      Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);

  private static final String DURATION_EXPECTED =
      " (expected a number with ms, s, m, h or d, such as 30s)";
  private static final String SIZE_EXPECTED =
      " (expected a number with B, KiB, MiB, GiB or TiB, such as 64MiB)";

  private Quantities() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException saying what was expected instead
   */
  public static Duration duration(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    return Duration.ofMillis(parse(text, MILLIS, DURATION_EXPECTED, unit -> durationUnit(unit)));
  }

  /**
   * Reads a size in bytes.
   *
   * @throws IllegalArgumentException saying what was expected instead
   */
  public static long size(String text) {
    return parse(text, BYTES, SIZE_EXPECTED, unit -> sizeUnit(unit));
  }

  /** Returns the form that {@link #duration} reads, in the largest unit that is exact. */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    for (String unit : new String[] {"d", "h", "m", "s"}) {
      long unitMillis = MILLIS.getOrDefault(unit, 1L);
      if (millis % unitMillis == 0) {
        return millis / unitMillis + unit;
      }
    }
    return millis + "ms";
  }

  /** Returns the form that {@link #size} reads, in the largest unit that is exact. */
  public static String formatSize(long bytes) {
    for (String unit : new String[] {"TiB", "GiB", "MiB", "KiB"}) {
      long unitBytes = BYTES.getOrDefault(unit, 1L);
      if (bytes != 0 && bytes % unitBytes == 0) {
        return bytes / unitBytes + unit;
      }
    }
    return bytes + "B";
  }

  private interface UnitGuess {
    @Nullable String of(String unit);
  }

  /** Returns the amount in the smallest unit; what is too large for a long becomes its limit. */
  private static long parse(
      String text, Map<String, Long> units, String expected, UnitGuess guess) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text + expected);
    }
    String number = matcher.group(1);
    Long unit = units.get(matcher.group(2));
    if (unit == null || text.indexOf(' ') >= 0) {
      String meant = unit == null ? guess.of(matcher.group(2)) : matcher.group(2);
      throw new IllegalArgumentException(
          text + expected + (meant == null ? "" : ". Did you mean \"" + number + meant + "\"?"));
    }
    long amount = Long.parseLong(number);
    return Math.clamp(amount, Long.MIN_VALUE / unit, Long.MAX_VALUE / unit) * unit;
  }

  private static @Nullable String durationUnit(String unit) {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "", "s", "sec", "secs", "second", "seconds" -> "s";
      case "ms", "msec", "millis", "milliseconds" -> "ms";
      case "m", "min", "mins", "minute", "minutes" -> "m";
      case "h", "hr", "hour", "hours" -> "h";
      case "d", "day", "days" -> "d";
      default -> null;
    };
  }

  private static @Nullable String sizeUnit(String unit) {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "", "b", "byte", "bytes" -> "B";
      case "k", "kb", "kib" -> "KiB";
      case "m", "mb", "mib" -> "MiB";
      case "g", "gb", "gib" -> "GiB";
      case "t", "tb", "tib" -> "TiB";
      default -> null;
    };
  }
}
