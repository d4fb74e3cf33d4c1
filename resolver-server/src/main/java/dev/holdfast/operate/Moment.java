package dev.holdfast.operate;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One moment on the clock on the wall and on the process's monotonic clock. Immutable. */
record Moment(Instant wall, long nanos) {

  /** Returns the time on the wall, to the millisecond, at a time of the monotonic clock. */
  Instant at(long otherNanos) {
    return wall.plusNanos(otherNanos - nanos).truncatedTo(ChronoUnit.MILLIS);
  }
}
