package dev.holdfast.upstream;

import java.util.Arrays;

/** Pearson's chi-square against the even distribution. */
final class ChiSquare {

  private ChiSquare() {}

  static double of(int[] counts) {
    double expected = (double) Arrays.stream(counts).sum() / counts.length;
    return Arrays.stream(counts)
        .mapToDouble(count -> (count - expected) * (count - expected) / expected)
        .sum();
  }

  /** Mean plus six standard deviations: an honest source fails less than once in a million runs. */
  static double generousBound(int bins) {
    int degrees = bins - 1;
    return degrees + 6 * Math.sqrt(2.0 * degrees);
  }
}
