package dev.holdfast.resolve;

import dev.holdfast.wire.ReplyReader;
import java.time.Duration;

/**
 * Bounds of the work that clients can cause. Reaching one costs the query that does, never the
 * process.
 *
 * @param inFlight questions that wait for upstreams, in the whole process
 * @param inFlightPerUpstream questions that wait for one upstream
 * @param waitersPerQuestion clients that wait for one question
 * @param waitersPerClient queries of one client that wait
 * @param sendsPerQuestion messages to upstreams for one question of a client
 * @param cnameChain aliases followed in one answer
 * @param cachedRecords records of an answer that is remembered; longer ones are passed on only
 * @param cachedSizeBytes size of an answer that is remembered; larger ones are passed on only
 * @param responsesPerSecond over UDP to one /24 (IPv6: /56) of clients; 0 is no limit, {@link
 *     #AUTO} one for servers that are open to the world
 * @param lateResponsesPerSecond over UDP to one client, of those that waited for long
 * @param answerDeadline after this time a client hears SERVFAIL, before a stub gives up (5 s)
 */
public record LimitsConfig(
    int inFlight,
    int inFlightPerUpstream,
    int waitersPerQuestion,
    int waitersPerClient,
    int sendsPerQuestion,
    int cnameChain,
    int cachedRecords,
    int cachedSizeBytes,
    int responsesPerSecond,
    int lateResponsesPerSecond,
    Duration answerDeadline) {

  /** {@link #responsesPerSecond} that depends on who may ask. */
  public static final int AUTO = -1;

  private static final int RESPONSES_OF_OPEN_SERVERS = 100;

  public static final LimitsConfig DEFAULTS =
      new LimitsConfig(
          4096, 1024, 100, 1000, 8, 11, 256, 16 * 1024, AUTO, 100, Duration.ofSeconds(4));

  public LimitsConfig {
    check("in-flight", inFlight, 1, 1_000_000);
    check("in-flight-per-upstream", inFlightPerUpstream, 1, 65_535);
    check("waiters-per-question", waitersPerQuestion, 1, 65_535);
    check("waiters-per-client", waitersPerClient, 1, 65_535);
    check("sends-per-question", sendsPerQuestion, 1, 32);
    check("cname-chain", cnameChain, 1, ReplyReader.MAX_CHAIN_LENGTH);
    check("cached-records", cachedRecords, 1, 4096);
    if (cachedSizeBytes < 512 || cachedSizeBytes > 65_535) {
      throw new IllegalArgumentException(
          "cached-size: " + cachedSizeBytes + " bytes (expected 512B..65535B)");
    }
    check("responses-per-second", responsesPerSecond, AUTO, 1_000_000);
    check("late-responses-per-second", lateResponsesPerSecond, 1, 1_000_000);
    if (answerDeadline.compareTo(Duration.ofMillis(100)) < 0
        || answerDeadline.compareTo(Duration.ofSeconds(10)) > 0) {
      throw new IllegalArgumentException(
          "answer-deadline: " + answerDeadline + " (expected 100ms..10s)");
    }
  }

  /** Responses a second to one block of clients, or 0 for no limit. */
  public int responsesPerSecond(boolean open) {
    return responsesPerSecond != AUTO ? responsesPerSecond : open ? RESPONSES_OF_OPEN_SERVERS : 0;
  }

  private static void check(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected " + least + ".." + most + ")");
    }
  }
}
