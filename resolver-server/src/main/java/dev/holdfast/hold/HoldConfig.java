package dev.holdfast.hold;

import dev.holdfast.wire.Names;
import java.time.Duration;
import java.util.List;

/**
 * When the absence of a known name is disputed, and what then.
 *
 * @param defaultMode for names under no suffix of {@code zones}
 * @param minHistory how long a name must have been known to be proven; 0s counts from the first
 *     answer
 * @param minRefreshes how often its records must have been confirmed since the first answer
 * @param window how long a vanished name is held, counted from when it vanished
 * @param zones modes by suffix; the longest wins
 */
public record HoldConfig(
    HoldMode defaultMode,
    Duration minHistory,
    int minRefreshes,
    Duration window,
    List<Zone> zones) {

  /**
   * The mode of the names at and below a suffix.
   *
   * @param suffix in presentation form, lower case, with the final dot
   */
  public record Zone(String suffix, HoldMode mode) {

    public Zone {
      byte[] name = Names.parse(suffix);
      suffix = Names.toText(Names.folded(name, 0, name.length));
    }
  }

  public static final HoldConfig DEFAULTS =
      new HoldConfig(HoldMode.OBSERVE, Duration.ofHours(24), 3, Duration.ofHours(6), List.of());

  public HoldConfig {
    zones = List.copyOf(zones);
    if (minHistory.isNegative() || minHistory.compareTo(Duration.ofDays(30)) > 0) {
      throw new IllegalArgumentException("min-history: " + minHistory + " (expected 0s..30d)");
    }
    if (minRefreshes < 0 || minRefreshes > 1000) {
      throw new IllegalArgumentException("min-refreshes: " + minRefreshes + " (expected 0..1000)");
    }
    if (window.compareTo(Duration.ofSeconds(1)) < 0 || window.compareTo(Duration.ofDays(7)) > 0) {
      throw new IllegalArgumentException("window: " + window + " (expected 1s..7d)");
    }
  }
}
