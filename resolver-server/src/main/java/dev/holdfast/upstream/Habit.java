package dev.holdfast.upstream;

import java.util.concurrent.TimeUnit;

/**
 * Something that an upstream is expected to do in every reply. It is taken not to do it any more
 * after several replies in a row without it, each to a query of its own, for an hour. Thread-safe.
 *
 * <p>Who forges such replies must guess id and port of each of those queries before the upstream
 * answers any of them, and has gained no more than that id and port are all there is to guess.
 */
final class Habit {

  /** Replies in a row without it. */
  static final int LOST_AFTER = 4;

  static final long LOST_NANOS = TimeUnit.HOURS.toNanos(1);

  private volatile int broken;
  private volatile boolean lost;
  private volatile long lostAtNanos;

  /** Whether the next reply must show it. */
  boolean isExpected(long nowNanos) {
    if (lost && nowNanos - lostAtNanos > LOST_NANOS) {
      regain();
    }
    return !lost;
  }

  private synchronized void regain() {
    lost = false;
    broken = LOST_AFTER - 1; // the next reply decides
  }

  /** Whether it is taken not to be done any more. */
  boolean isLost() {
    return lost;
  }

  /** A reply showed it. */
  void kept() {
    if (broken != 0) {
      reset();
    }
  }

  private synchronized void reset() {
    broken = 0;
  }

  /**
   * A reply did not show it.
   *
   * @return whether that was the one that loses it
   */
  synchronized boolean broken(long nowNanos) {
    broken++;
    if (lost || broken < LOST_AFTER) {
      return false;
    }
    lose(nowNanos);
    return true;
  }

  /** The upstream does not do it. */
  synchronized void lose(long nowNanos) {
    lostAtNanos = nowNanos;
    lost = true;
  }
}
