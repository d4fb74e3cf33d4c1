package dev.holdfast.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Numbers that one thread adds to and any may read. Around them is room for two cache lines, as
 * lines come in pairs: what other loops write or read is in none of theirs, wherever the collector
 * puts it.
 */
final class LoopLongs {

  private static final int ROOM = 2 * 64 / Long.BYTES;
  private static final VarHandle VALUES = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] values;

  LoopLongs(int count) {
    values = new long[ROOM + count + ROOM];
  }

  /** Adds to a number; for the one thread. */
  void add(int index, long amount) {
    int at = ROOM + index;
    VALUES.setOpaque(values, at, values[at] + amount);
  }

  /** Returns a number as last written. */
  long get(int index) {
    return (long) VALUES.getOpaque(values, ROOM + index);
  }
}
