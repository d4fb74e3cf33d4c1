package dev.holdfast.bench;

import java.util.stream.IntStream;

/** One part of a run: what is asked, how often and how long. Immutable. */
final class Phase {

  private static final double NANOS_PER_SECOND = 1e9;

  private final int[] order;
  private final double ratePerSecond;
  private final long nanos;
  private final long queries;

  /**
   * @param order indexes of the queries in the order in which they are asked, over and over
   * @param ratePerSecond how often, whatever comes back; 0 for as often as answers come
   * @param nanos how long
   * @param queries how many at most
   */
  Phase(int[] order, double ratePerSecond, long nanos, long queries) {
    this.order = order;
    this.ratePerSecond = ratePerSecond;
    this.nanos = nanos;
    this.queries = queries;
  }

  /** Asks everything once, as fast as answers come. */
  static Phase once(int queries) {
    return new Phase(IntStream.range(0, queries).toArray(), 0, Long.MAX_VALUE, queries);
  }

  int[] order() {
    return order;
  }

  double ratePerSecond() {
    return ratePerSecond;
  }

  long nanos() {
    return nanos;
  }

  long queries() {
    return queries;
  }

  /** Whether queries are sent at a rate. */
  boolean isOpen() {
    return ratePerSecond > 0;
  }

  /** How long after the begin of the phase query {@code number} is to be sent. */
  long dueNanos(long number) {
    return (long) (number * NANOS_PER_SECOND / ratePerSecond);
  }

  /** How many queries are to be sent in the first {@code elapsedNanos} of the phase. */
  long due(long elapsedNanos) {
    return Math.min((long) (elapsedNanos * ratePerSecond / NANOS_PER_SECOND) + 1, queries);
  }
}
