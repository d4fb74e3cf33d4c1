package dev.holdfast.operate;

import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/** Whether the event loops turn: each of them leaves a sign of life every second. Thread-safe. */
public final class LoopWatch {

  /** A loop that left no sign of life for this long does not turn. */
  public static final long MAX_QUIET_MILLIS = 5000;

  private static final long BEAT_MILLIS = 1000;

  private final LongSupplier nanoClock;
  private final AtomicLongArray turnedAtNanos;

  private LoopWatch(int loops, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.turnedAtNanos = new AtomicLongArray(loops);
  }

  /** Begins to watch, until the loops end. */
  public static LoopWatch start(
      List<? extends ScheduledExecutorService> loops, LongSupplier nanoClock) {
    LoopWatch watch = new LoopWatch(loops.size(), nanoClock);
    for (int i = 0; i < loops.size(); i++) {
      int loop = i;
      watch.turned(loop);
      var _ =
          loops
              .get(i)
              .scheduleWithFixedDelay(
                  () -> watch.turned(loop), BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    }
    return watch;
  }

  private void turned(int loop) {
    turnedAtNanos.set(loop, nanoClock.getAsLong());
  }

  /** How many loops there are. */
  public int loops() {
    return turnedAtNanos.length();
  }

  /** How many of them do not turn. */
  public int stuck() {
    int stuck = 0;
    for (int i = 0; i < loops(); i++) {
      stuck += quietMillis(i) > MAX_QUIET_MILLIS ? 1 : 0;
    }
    return stuck;
  }

  /** For how long the quietest loop has left no sign of life. */
  public long longestQuietMillis() {
    long longest = 0;
    for (int i = 0; i < loops(); i++) {
      longest = Math.max(longest, quietMillis(i));
    }
    return longest;
  }

  private long quietMillis(int loop) {
    return TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - turnedAtNanos.get(loop));
  }
}
