package dev.holdfast.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How many responses went out over each transport with each rcode. Written by one thread, readable
 * by any.
 */
public final class ResponseCounts {

  /**
   * Rcodes that are told apart: those of the header (RFC 1035 §4.1.1), and those beyond by their
   * mnemonic.
   */
  public static final int RCODES = 24;

  private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] counts = new long[2 * RCODES];

  /** Counts one response. */
  public void increment(boolean stream, int rcode) {
    int index = index(stream, rcode);
    COUNTS.setOpaque(counts, index, counts[index] + 1);
  }

  /** Returns the responses over TCP or over UDP with an rcode. */
  public long get(boolean stream, int rcode) {
    return (long) COUNTS.getOpaque(counts, index(stream, rcode));
  }

  private static int index(boolean stream, int rcode) {
    return (stream ? RCODES : 0) + rcode;
  }
}
