package dev.holdfast.upstream;

import java.time.Duration;

/**
 * Bounds of the sockets towards upstreams. Those of sockets and connections are per upstream and
 * event loop.
 *
 * @param sockets UDP sockets that queries are spread over
 * @param minQueriesPerSocket a UDP socket is given up after a random number of queries from this
 * @param maxQueriesPerSocket up to this
 * @param socketAge a UDP socket is given up after this time
 * @param nearMisses replies that do not belong to a query after which the query is given up
 * @param pending queries that wait for one upstream, in the whole process
 * @param connections TCP connections
 * @param busyConnection queries waiting on a connection from which on another one is opened
 * @param connectionIdle a TCP connection without queries is closed after this time
 * @param firstBackOff no connection is tried for this time after one failed
 * @param lastBackOff the back-off doubles up to this
 */
public record ExchangeConfig(
    int sockets,
    int minQueriesPerSocket,
    int maxQueriesPerSocket,
    Duration socketAge,
    int nearMisses,
    int pending,
    int connections,
    int busyConnection,
    Duration connectionIdle,
    Duration firstBackOff,
    Duration lastBackOff) {

  public static final ExchangeConfig DEFAULTS =
      new ExchangeConfig(
          32,
          32,
          96,
          Duration.ofSeconds(10),
          3,
          1024,
          2,
          32,
          Duration.ofSeconds(10),
          Duration.ofMillis(100),
          Duration.ofSeconds(2));

  public ExchangeConfig {
    check("sockets", sockets, 1, 1024);
    check("min-queries-per-socket", minQueriesPerSocket, 1, 1024);
    check("max-queries-per-socket", maxQueriesPerSocket, minQueriesPerSocket, 1024);
    check("socket-age", socketAge, Duration.ofMillis(10), Duration.ofMinutes(1));
    check("near-misses", nearMisses, 1, 1000);
    check("pending", pending, 1, 65_535);
    check("connections", connections, 1, 16);
    check("busy-connection", busyConnection, 1, 65_535);
    check("connection-idle", connectionIdle, Duration.ofMillis(10), Duration.ofMinutes(10));
    check("first-back-off", firstBackOff, Duration.ofMillis(1), Duration.ofMinutes(1));
    check("last-back-off", lastBackOff, firstBackOff, Duration.ofMinutes(1));
  }

  /** The same with another bound of queries that wait for one upstream. */
  public ExchangeConfig withPending(int pending) {
    return new ExchangeConfig(
        sockets,
        minQueriesPerSocket,
        maxQueriesPerSocket,
        socketAge,
        nearMisses,
        pending,
        connections,
        busyConnection,
        connectionIdle,
        firstBackOff,
        lastBackOff);
  }

  private static void check(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected " + least + ".." + most + ")");
    }
  }

  private static void check(String key, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          key
              + ": "
              + value.toMillis()
              + "ms (expected "
              + least.toMillis()
              + "ms.."
              + most.toMillis()
              + "ms)");
    }
  }
}
