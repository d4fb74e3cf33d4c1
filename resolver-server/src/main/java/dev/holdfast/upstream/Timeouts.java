package dev.holdfast.upstream;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Times that may run out on one event loop, nearly all of which end before: a ring in the order in
 * which they are due, with one timer of the loop for the first. Beginning one that is due last and
 * ending any costs a few stores. Bounded by what its users have in flight; confined to the loop.
 */
@SuppressWarnings("ReferenceEquality") // Links of one ring.
public final class Timeouts {

  private final ScheduledExecutorService loop;
  private final LongSupplier nanoClock;
  private final Timeout ends =
      new Timeout() {
        @Override
        protected void timedOut() {}
      };
  private @Nullable ScheduledFuture<?> timer;
  private long timerDueNanos;

  /** Something to do when a time has run out. */
  public abstract static class Timeout {

    private Timeout before = this;
    private Timeout after = this;
    private long dueNanos;

    /** The time has run out. */
    protected abstract void timedOut();

    /** The time does not run any more, if it did. */
    protected final void stopTime() {
      before.after = after;
      after.before = before;
      before = this;
      after = this;
    }
  }

  /**
   * @param nanoClock goes as the loop's timers do
   */
  public Timeouts(ScheduledExecutorService loop, LongSupplier nanoClock) {
    this.loop = loop;
    this.nanoClock = nanoClock;
  }

  /** Begins a time that does not run already. */
  public void start(Timeout timeout, long nowNanos, long delayNanos) {
    long dueNanos = nowNanos + delayNanos;
    Timeout place = ends.before;
    while (place != ends && place.dueNanos - dueNanos > 0) {
      place = place.before;
    }
    timeout.dueNanos = dueNanos;
    timeout.before = place;
    timeout.after = place.after;
    place.after.before = timeout;
    place.after = timeout;
    if (place == ends) {
      await(dueNanos, nowNanos);
    }
  }

  /* A timer that comes too early finds the next one to wait for. */
  private void await(long dueNanos, long nowNanos) {
    if (timer != null) {
      if (timerDueNanos - dueNanos <= 0) {
        return;
      }
      timer.cancel(/* mayInterruptIfRunning= */ false);
    }
    timerDueNanos = dueNanos;
    timer = loop.schedule(this::run, dueNanos - nowNanos, TimeUnit.NANOSECONDS);
  }

  private void run() {
    timer = null;
    long nowNanos = nanoClock.getAsLong();
    try {
      while (ends.after != ends && ends.after.dueNanos - nowNanos <= 0) {
        Timeout first = ends.after;
        first.stopTime();
        first.timedOut();
      }
    } finally {
      if (ends.after != ends) {
        await(ends.after.dueNanos, nowNanos);
      }
    }
  }
}
