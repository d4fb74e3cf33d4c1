package dev.holdfast.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A key whose value differs between two configurations.
 *
 * @param needsRestart whether a running server cannot follow
 */
public record ConfigChange(String key, String before, String after, boolean needsRestart) {

  /** Keys and sections. */
  private static final Set<String> FIXED =
      Set.of("threads", "state-dir", "journal", "admin", "query-log");

  /** Returns what differs, in the order of the file. */
  public static List<ConfigChange> between(HoldfastConfig before, HoldfastConfig after) {
    Map<String, String> values = EffectiveConfig.lines(after);
    List<ConfigChange> changes = new ArrayList<>();
    EffectiveConfig.lines(before)
        .forEach(
            (key, old) -> {
              String value = values.getOrDefault(key, "");
              if (!value.equals(old)) {
                changes.add(
                    new ConfigChange(
                        key, old, value, FIXED.contains(key.replaceFirst("\\..*", ""))));
              }
            });
    return changes;
  }

  @Override
  public String toString() {
    return key + ": " + before + " -> " + after;
  }
}
