package dev.holdfast.cache;

import java.time.Duration;

/**
 * When answers are given that have outlived their TTL (RFC 8767).
 *
 * @param maxAge how long after its end an answer may still be given; 0s gives none
 * @param answerTtl the TTL that such an answer carries, never 0 (RFC 8767 §4)
 * @param clientTimeout how long upstreams may take before the stale answer is given; 0s gives it at
 *     once (RFC 8767 §5)
 * @param refreshesPerSecond how many answers that were given stale are asked for again per second,
 *     once an upstream is back
 */
public record StaleConfig(
    Duration maxAge, Duration answerTtl, Duration clientTimeout, int refreshesPerSecond) {

  public static final StaleConfig DEFAULTS =
      new StaleConfig(Duration.ofDays(1), Duration.ofSeconds(30), Duration.ofMillis(1800), 500);

  public StaleConfig {
    if (maxAge.isNegative() || maxAge.compareTo(Duration.ofDays(7)) > 0) {
      throw new IllegalArgumentException("max-age: " + maxAge + " (expected 0s..7d)");
    }
    if (answerTtl.toSeconds() < 1 || answerTtl.toSeconds() > 3600 || answerTtl.toNanosPart() != 0) {
      throw new IllegalArgumentException(
          "answer-ttl: " + answerTtl + " (expected 1s..1h in whole seconds)");
    }
    if (clientTimeout.isNegative() || clientTimeout.compareTo(Duration.ofSeconds(10)) > 0) {
      throw new IllegalArgumentException(
          "client-timeout: " + clientTimeout + " (expected 0s..10s)");
    }
    if (refreshesPerSecond < 1 || refreshesPerSecond > 100_000) {
      throw new IllegalArgumentException(
          "refreshes-per-second: " + refreshesPerSecond + " (expected 1..100000)");
    }
  }
}
