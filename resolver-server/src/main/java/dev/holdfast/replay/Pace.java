package dev.holdfast.replay;

import java.time.Duration;

/**
 * How long the phases of a scenario take.
 *
 * @param ttlSeconds of every record
 * @param outageMillis in which every name is asked {@code rounds} times
 * @param askAgainMillis after healing, every name is asked so often
 * @param healLimitMillis after this time without fresh answers nobody asks on
 * @param goodMillis a client needs its answer in this time
 * @param giveUpMillis no answer is waited for longer
 */
public record Pace(
    int ttlSeconds,
    int outageMillis,
    int rounds,
    int askAgainMillis,
    int healLimitMillis,
    int goodMillis,
    int giveUpMillis) {

  /** The phases of the replay. */
  public static final Pace FULL = new Pace(2, 9000, 3, 500, 45_000, 2500, 6000);

  /** The outage that the times of scenarios are written for. */
  static final Duration WRITTEN_FOR = Duration.ofSeconds(9);

  /** Returns a time that is written for the full outage as one of this outage. */
  long scaledMillis(long millis) {
    return millis * outageMillis / WRITTEN_FOR.toMillis();
  }
}
