package dev.holdfast.policy;

import dev.holdfast.metrics.Counter;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many responses a second each block of client addresses gets, so that responses to forged
 * addresses hurt nobody. Thread-safe; two threads that count at the same moment may count once,
 * which only makes the bound a little looser.
 */
public final class ResponseRate {

  /** What becomes of a response. */
  public enum Verdict {
    /** It may go out. */
    SENT,
    /** It goes out without records, for a real client to come back over TCP. */
    SLIPPED,
    /** It does not go out. */
    DROPPED
  }

  /*
   * Each slot holds the time up to which its responses are paid for, each of which costs its part of
   * a second. More than a second ahead of the clock is too much (the generic cell rate algorithm).
   * What is too much slips and is dropped in turns; the lowest bit, a nanosecond, tells whose turn it
   * is.
   */
  private static final long BURST_NANOS = 1_000_000_000;
  private static final long TURN_BIT = 1;

  private final ClientBlocks blocks;
  private final AtomicLongArray paidUntil;
  private final long costNanos;
  private final long startNanos;
  private final Counter slipped;
  private final Counter dropped;

  /**
   * @param perSecond what a block gets, all at once or evenly spread
   * @param nowNanos the clock of {@link #admit}
   * @param slipped counts what slips
   * @param dropped counts what is dropped
   */
  public ResponseRate(
      int perSecond, ClientBlocks blocks, long nowNanos, Counter slipped, Counter dropped) {
    this.blocks = blocks;
    this.paidUntil = new AtomicLongArray(blocks.slots());
    this.costNanos = BURST_NANOS / perSecond;
    this.startNanos = nowNanos;
    this.slipped = slipped;
    this.dropped = dropped;
  }

  /** Counts the responses that slip. */
  public Counter slipped() {
    return slipped;
  }

  /** Counts the responses that are dropped. */
  public Counter dropped() {
    return dropped;
  }

  /** Counts a response to a client and says what becomes of it. Allocates nothing. */
  public Verdict admit(long addressHigh, long addressLow, long nowNanos) {
    int slot = blocks.slot(addressHigh, addressLow);
    long now = nowNanos - startNanos;
    long before = paidUntil.getOpaque(slot);
    long paid = Math.max(before, now) + costNanos;
    if (paid - now <= BURST_NANOS) {
      paidUntil.setOpaque(slot, paid);
      return Verdict.SENT;
    }
    paidUntil.setOpaque(slot, before ^ TURN_BIT);
    return (before & TURN_BIT) == 0 ? Verdict.SLIPPED : Verdict.DROPPED;
  }
}
