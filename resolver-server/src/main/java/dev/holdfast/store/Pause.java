package dev.holdfast.store;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A time in which something that failed is not tried again, doubled by each further failure.
 * Confined to one thread.
 */
final class Pause {

  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long longestNanos;
  private final LongSupplier nanoClock;
  private long lengthNanos;
  private long untilNanos;

  Pause(long longestNanos, LongSupplier nanoClock) {
    this.longestNanos = longestNanos;
    this.nanoClock = nanoClock;
  }

  /** Whether the last try failed. */
  boolean isOn() {
    return lengthNanos > 0;
  }

  /** Whether it may be tried now. */
  boolean isOver() {
    return lengthNanos == 0 || nanoClock.getAsLong() - untilNanos >= 0;
  }

  void lengthen() {
    lengthNanos = Math.clamp(2 * lengthNanos, FIRST_NANOS, longestNanos);
    untilNanos = nanoClock.getAsLong() + lengthNanos;
  }

  void end() {
    lengthNanos = 0;
  }
}
