package dev.holdfast.upstream;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Times that may run out on one event loop, nearly all of which end before: a wheel of half a
 * millisecond a slot, with one timer of the loop for the first. Beginning and ending one costs a
 * few stores, however many run and in whatever order strangers make them come. They run out in
 * order, those of one slot in the order in which they began. Bounded by what its users have in
 * flight; confined to the loop.
 */
@SuppressWarnings("ReferenceEquality") // Links of one ring.
public final class Timeouts {

  private static final int SLOT_SHIFT = 19;
  private static final long SLOT_NANOS = 1L << SLOT_SHIFT;

  /** The wheel takes a second to turn: what is due later waits in its slot for another turn. */
  private static final int SLOTS = 2048;

  private static final long TURN_NANOS = SLOTS * SLOT_NANOS;

  private final ScheduledExecutorService loop;
  private final LongSupplier nanoClock;

  /** The first of each slot, whose ring goes round to the last. */
  private final @Nullable Timeout[] slots = new Timeout[SLOTS];

  private int size;

  /** When the first slot begins in which something may be due. */
  private long firstNanos;

  private @Nullable ScheduledFuture<?> timer;
  private long timerDueNanos;

  /** Something to do when a time has run out. */
  public abstract static class Timeout {

    private @Nullable Timeouts runsIn;
    private Timeout before = this;
    private Timeout after = this;
    private long dueNanos;
    private int index;

    /** The time has run out. */
    protected abstract void timedOut();

    /** The time does not run any more, if it did. */
    protected final void stopTime() {
      if (runsIn != null) {
        runsIn.remove(this);
      }
    }
  }

  /**
   * @param nanoClock goes as the loop's timers do
   */
  public Timeouts(ScheduledExecutorService loop, LongSupplier nanoClock) {
    this.loop = loop;
    this.nanoClock = nanoClock;
    this.firstNanos = slotStart(nanoClock.getAsLong());
  }

  /** Begins a time that does not run already. */
  public void start(Timeout timeout, long nowNanos, long delayNanos) {
    timeout.dueNanos = nowNanos + delayNanos;
    timeout.runsIn = this;
    boolean overdue = timeout.dueNanos - firstNanos < 0;
    timeout.index = index(overdue ? firstNanos : timeout.dueNanos);
    Timeout first = slots[timeout.index];
    if (first == null) {
      slots[timeout.index] = timeout;
    } else {
      timeout.before = first.before;
      timeout.after = first;
      first.before.after = timeout;
      first.before = timeout;
    }
    size++;
    await(timeout.dueNanos, nowNanos);
  }

  private void remove(Timeout timeout) {
    if (slots[timeout.index] == timeout) {
      slots[timeout.index] = timeout.after == timeout ? null : timeout.after;
    }
    timeout.before.after = timeout.after;
    timeout.after.before = timeout.before;
    timeout.before = timeout;
    timeout.after = timeout;
    timeout.runsIn = null;
    size--;
  }

  private static int index(long nanos) {
    return (int) (nanos >> SLOT_SHIFT) & (SLOTS - 1);
  }

  private static long slotStart(long nanos) {
    return nanos & -SLOT_NANOS;
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
    long lastNanos = slotStart(nowNanos);
    if (lastNanos - firstNanos >= TURN_NANOS) {
      firstNanos = lastNanos - TURN_NANOS + SLOT_NANOS; // each slot once
    }
    try {
      for (; firstNanos - lastNanos < 0; firstNanos += SLOT_NANOS) {
        runOut(index(firstNanos), nowNanos);
      }
      runOut(index(lastNanos), nowNanos);
    } finally {
      if (size > 0) {
        await(nextDueNanos(), nowNanos);
      }
    }
  }

  /* Each may begin or end any other. */
  private void runOut(int index, long nowNanos) {
    for (Timeout due = firstDue(index, nowNanos); due != null; due = firstDue(index, nowNanos)) {
      due.stopTime();
      due.timedOut();
    }
  }

  private @Nullable Timeout firstDue(int index, long nowNanos) {
    Timeout first = slots[index];
    if (first == null) {
      return null;
    }
    Timeout each = first;
    do {
      if (each.dueNanos - nowNanos <= 0) {
        return each;
      }
      each = each.after;
    } while (each != first);
    return null;
  }

  /* No later than any, those of this turn of the wheel exactly. */
  private long nextDueNanos() {
    long nextNanos = firstNanos + TURN_NANOS - 1;
    for (long start = firstNanos; start - nextNanos < 0; start += SLOT_NANOS) {
      Timeout first = slots[index(start)];
      Timeout each = first;
      while (each != null) {
        if (each.dueNanos - nextNanos < 0) {
          nextNanos = each.dueNanos;
        }
        each = each.after == first ? null : each.after;
      }
    }
    return nextNanos;
  }
}
