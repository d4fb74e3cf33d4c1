package dev.holdfast.listener;

import java.time.Duration;

/**
 * Bounds of client connections (RFC 7766 §6, RFC 9210 §4).
 *
 * @param maxConnections open at a time
 * @param maxConnectionsPerAddress open at a time from one client address
 * @param maxPipelined queries of one connection that wait for answers; no more are read meanwhile
 * @param firstQueryTimeout a new connection that has not sent a whole query by then is closed
 * @param idleTimeout a connection without queries for this time is closed; it shrinks as the table
 *     of connections fills
 * @param unwritableTimeout a connection whose client takes no answers for this time is closed
 */
public record TcpConfig(
    int maxConnections,
    int maxConnectionsPerAddress,
    int maxPipelined,
    Duration firstQueryTimeout,
    Duration idleTimeout,
    Duration unwritableTimeout) {

  private static final Duration SHORTEST = Duration.ofMillis(10);

  public static final TcpConfig DEFAULTS =
      new TcpConfig(
          1024, 64, 100, Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(5));

  public TcpConfig {
    check("max-connections", maxConnections);
    check("max-connections-per-address", maxConnectionsPerAddress);
    check("max-pipelined", maxPipelined);
    check("first-query-timeout", firstQueryTimeout, Duration.ofMinutes(1), "10ms..1m");
    check("idle-timeout", idleTimeout, Duration.ofHours(1), "10ms..1h");
    check("unwritable-timeout", unwritableTimeout, Duration.ofMinutes(1), "10ms..1m");
  }

  private static void check(String key, int value) {
    if (value < 1 || value > 65_535) {
      throw new IllegalArgumentException(key + ": " + value + " (expected 1..65535)");
    }
  }

  private static void check(String key, Duration value, Duration longest, String range) {
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(longest) > 0) {
      throw new IllegalArgumentException(key + ": " + value + " (expected " + range + ")");
    }
  }
}
