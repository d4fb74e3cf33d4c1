package dev.holdfast.replay;

import java.util.Locale;

/** How a measured value is written. */
public enum Unit {
  PERCENT,
  COUNT,
  MILLIS,
  RATIO,
  SECONDS;

  /** A value with its unit; a dash where there is none. */
  public String format(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    if (Double.isInfinite(value)) {
      return "never";
    }
    return switch (this) {
      case PERCENT -> number(value, value == Math.rint(value) ? 0 : 1) + " %";
      case COUNT -> number(value, 0);
      case MILLIS -> number(value, value < 10 && value != Math.rint(value) ? 1 : 0) + " ms";
      case RATIO -> number(value, 2);
      case SECONDS -> number(value, value == Math.rint(value) ? 0 : 1) + " s";
    };
  }

  private static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
