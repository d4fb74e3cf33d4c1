package dev.holdfast.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The counters of one event loop. Written by that loop only, readable by any thread: a scrape adds
 * up the loops.
 */
public final class LoopCounters {

  private static final VarHandle VALUES = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] values = new long[Counter.values().length];

  /** Adds one. */
  public void increment(Counter counter) {
    add(counter, 1);
  }

  /** Adds {@code amount}. */
  public void add(Counter counter, long amount) {
    int index = counter.ordinal();
    VALUES.setOpaque(values, index, values[index] + amount);
  }

  /** Returns the value as last written by the loop. */
  public long get(Counter counter) {
    return (long) VALUES.getOpaque(values, counter.ordinal());
  }
}
