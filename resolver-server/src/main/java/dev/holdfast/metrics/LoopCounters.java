package dev.holdfast.metrics;

import java.util.Collection;
import java.util.Set;

/**
 * The counters and latencies of one event loop. Written by that loop only, readable by any thread:
 * a scrape adds up the loops.
 */
public final class LoopCounters {

  private final LoopLongs values = new LoopLongs(Counter.values().length);
  private final ResponseCounts responses = new ResponseCounts();
  private final LatencyHistogram hits = new LatencyHistogram();
  private final LatencyHistogram misses = new LatencyHistogram();

  /** Adds one. */
  public void increment(Counter counter) {
    add(counter, 1);
  }

  /** Adds {@code amount}. */
  public void add(Counter counter, long amount) {
    values.add(counter.ordinal(), amount);
  }

  /** Returns the value as last written by the loop. */
  public long get(Counter counter) {
    return values.get(counter.ordinal());
  }

  /** Returns what several loops counted of some events together. */
  public static long sum(Collection<LoopCounters> loops, Set<Counter> counters) {
    long sum = 0;
    for (LoopCounters loop : loops) {
      for (Counter counter : counters) {
        sum += loop.get(counter);
      }
    }
    return sum;
  }

  /** Responses by transport and rcode. */
  public ResponseCounts responses() {
    return responses;
  }

  /** How long queries took that were answered at once, from the batch that brought them to send. */
  public LatencyHistogram hits() {
    return hits;
  }

  /** How long queries took that had to wait. */
  public LatencyHistogram misses() {
    return misses;
  }
}
