package dev.holdfast.tap;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Times of the loops' clock as times of day. Confined to one thread. */
final class WallTime {

  private final InstantSource clock;
  private Instant wall;
  private long nanos;

  WallTime(InstantSource clock) {
    this.clock = clock;
    this.wall = clock.instant();
    this.nanos = System.nanoTime();
  }

  /** Compares the two clocks again, for when the time of day was set. */
  void compare() {
    wall = clock.instant();
    nanos = System.nanoTime();
  }

  Instant of(long loopNanos) {
    return wall.plusNanos(loopNanos - nanos).truncatedTo(ChronoUnit.MICROS);
  }
}
