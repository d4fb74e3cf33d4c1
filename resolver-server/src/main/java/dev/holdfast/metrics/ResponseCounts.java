package dev.holdfast.metrics;

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

  private final LoopLongs counts = new LoopLongs(2 * RCODES);

  /** Counts one response. */
  public void increment(boolean stream, int rcode) {
    counts.add(index(stream, rcode), 1);
  }

  /** Returns the responses over TCP or over UDP with an rcode. */
  public long get(boolean stream, int rcode) {
    return counts.get(index(stream, rcode));
  }

  private static int index(boolean stream, int rcode) {
    return (stream ? RCODES : 0) + rcode;
  }
}
