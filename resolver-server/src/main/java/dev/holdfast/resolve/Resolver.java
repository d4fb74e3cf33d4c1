package dev.holdfast.resolve;

/** Resolves the queries that come in on one event loop. Confined to that loop. */
public interface Resolver {

  /** No response goes out, now or later. */
  int DROPPED = 0;

  /** The response goes out later through {@link Client#detach}. */
  int PENDING = -1;

  /** Room a caller gives for the response: the largest DNS message. */
  int MAX_RESPONSE_LENGTH = 65_535;

  /**
   * Resolves one query.
   *
   * @param query holds the message at {@code offset}, {@code length} bytes
   * @param nowNanos the loop's clock, read once per batch
   * @param response at least {@link #MAX_RESPONSE_LENGTH} bytes
   * @return the length of the response, {@link #DROPPED} or {@link #PENDING}
   */
  int resolve(byte[] query, int offset, int length, Client client, long nowNanos, byte[] response);
}
