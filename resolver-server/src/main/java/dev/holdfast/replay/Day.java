package dev.holdfast.replay;

/**
 * A day on which one record set vanishes and returns. Times are seconds of that day.
 *
 * @param startSecond when clients begin to ask; the server has known the name for a day by then
 * @param goneSecond when upstreams begin to say that there are no records
 * @param backSecond when they have records again, with another address
 * @param endSecond when clients stop
 * @param clients how many ask
 * @param everySeconds how often each of them asks
 * @param ttlSeconds of the records
 * @param negativeTtlSeconds how long their absence may be kept
 */
public record Day(
    double startSecond,
    double goneSecond,
    double backSecond,
    double endSecond,
    int clients,
    double everySeconds,
    int ttlSeconds,
    int negativeTtlSeconds) {

  /** What happened on 2025-10-20, in words. */
  public static final String SENTENCE =
      "At 06:48 a record set empties, with an SOA that lets that be kept for 900 s; at 09:25 it is"
          + " back, with another address. Thousands of clients ask for it every few seconds.";

  /** The morning of 2025-10-20. */
  public static final Day FULL =
      new Day(at(6, 0), at(6, 48), at(9, 25), at(10, 0), 2000, 5, 5, 900);

  static final String NAME = "dynamodb.us-east-1.amazonaws.com.";
  static final String ZONE = "amazonaws.com.";
  static final String FORMER_ADDRESS = "192.0.2.10";
  static final String NEW_ADDRESS = "198.51.100.10";

  /** Length of a slot in results. */
  static final double SLOT_SECONDS = 60;

  /** How often somebody asks anywhere. */
  double questionsPerSecond() {
    return clients / everySeconds;
  }

  private static double at(int hours, int minutes) {
    return (hours * 60 + minutes) * 60;
  }
}
