package dev.holdfast.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds what somebody probably meant to write. */
public final class Suggestions {

  private Suggestions() {}

  /** Returns the candidate closest to {@code word}, or null when none is close. */
  public static @Nullable String closest(String word, Collection<String> candidates) {
    int best = Math.clamp(word.length() / 3, 1, 3) + 1;
    String closest = null;
    for (String candidate : candidates) {
      if (Math.abs(candidate.length() - word.length()) < best) {
        int distance = distance(word, candidate);
        if (distance < best) {
          best = distance;
          closest = candidate;
        }
      }
    }
    return closest;
  }

  /** Letters to insert, drop, replace or swap with their neighbour (optimal string alignment). */
  private static int distance(String a, String b) {
    int[][] distances = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          distances[i][j] = i + j;
          continue;
        }
        int replaced = distances[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, Math.min(distances[i - 1][j], distances[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        distances[i][j] = swapped ? Math.min(least, distances[i - 2][j - 2] + 1) : least;
      }
    }
    return distances[a.length()][b.length()];
  }
}
