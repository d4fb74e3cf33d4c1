package dev.holdfast.bench;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Generated names whose popularity falls with their rank as Zipf's law says: rank r is asked for in
 * proportion to 1 / r^exponent. Immutable.
 *
 * @param names how many names; each has one type, in turn
 * @param zone the domain that they are in
 */
public record Zipf(int names, double exponent, List<Integer> types, String zone) {

  private static final int MAX_NAMES = 10_000_000;
  private static final double MAX_EXPONENT = 5;

  /** Draws before they are repeated. */
  private static final int DRAWS = 1 << 20;

  /** The same load in every run: nobody is to be surprised by it. */
  private static final long SEED = 20_251_020;

  public Zipf {
    if (names < 1 || names > MAX_NAMES) {
      throw new IllegalArgumentException("names: " + names + " (expected 1.." + MAX_NAMES + ")");
    }
    if (!(exponent >= 0 && exponent <= MAX_EXPONENT)) {
      throw new IllegalArgumentException("zipf: " + exponent + " (expected 0.0..5.0)");
    }
    if (types.isEmpty()) {
      throw new IllegalArgumentException("types: none (expected at least one)");
    }
    types = List.copyOf(types);
  }

  /** The queries, by rank. */
  Questions questions(Questions.Builder questions) {
    for (int i = 0; i < names; i++) {
      questions.add("h" + i + "." + zone, types.get(i % types.size()));
    }
    return questions.build();
  }

  /** Ranks in the order in which they are asked for. */
  int[] order() {
    double[] sums = new double[names];
    double sum = 0;
    for (int i = 0; i < names; i++) {
      sum += Math.pow(i + 1.0, -exponent);
      sums[i] = sum;
    }
    SplittableRandom random = new SplittableRandom(SEED);
    int[] order = new int[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      int found = Arrays.binarySearch(sums, random.nextDouble() * sum);
      order[i] = Math.min(found < 0 ? -found - 1 : found, names - 1);
    }
    return order;
  }
}
