package dev.holdfast.upstream;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Times that may run out on one event loop, nearly all of which end before: a binary heap with one
 * timer of the loop for the first. Beginning one that is due last costs a comparison, any other and
 * ending one a few more for each doubling of their number, in whatever order strangers make them
 * come. Bounded by what its users have in flight; confined to the loop.
 */
public final class Timeouts {

  private static final int FIRST_CAPACITY = 64;

  private final ScheduledExecutorService loop;
  private final LongSupplier nanoClock;

  /** Each is due no earlier than the one at half its index; the first is at 1. */
  private @Nullable Timeout[] heap = new Timeout[FIRST_CAPACITY];

  private int size;
  private long started;
  private @Nullable ScheduledFuture<?> timer;
  private long timerDueNanos;

  /** Something to do when a time has run out. */
  public abstract static class Timeout {

    private @Nullable Timeouts runsIn;
    private int index;
    private long dueNanos;

    /** Which of those that are due at one moment comes first. */
    private long sequence;

    /** The time has run out. */
    protected abstract void timedOut();

    /** The time does not run any more, if it did. */
    protected final void stopTime() {
      if (runsIn != null) {
        runsIn.remove(this);
      }
    }

    private boolean isBefore(Timeout other) {
      long laterNanos = dueNanos - other.dueNanos;
      return laterNanos < 0 || (laterNanos == 0 && sequence < other.sequence);
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
    timeout.dueNanos = nowNanos + delayNanos;
    timeout.sequence = started++;
    timeout.runsIn = this;
    if (++size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    up(size, timeout);
    if (timeout.index == 1) {
      await(timeout.dueNanos, nowNanos);
    }
  }

  private void remove(Timeout timeout) {
    Timeout last = at(size);
    heap[size--] = null;
    timeout.runsIn = null;
    if (timeout.index <= size) {
      if (last.isBefore(timeout)) {
        up(timeout.index, last);
      } else {
        down(timeout.index, last);
      }
    }
  }

  /* Puts a timeout at a free place or above it, behind all that are before it. */
  private void up(int free, Timeout timeout) {
    int index = free;
    while (index > 1 && timeout.isBefore(at(index / 2))) {
      put(index, at(index / 2));
      index /= 2;
    }
    put(index, timeout);
  }

  /* Puts a timeout at a free place or below it, before all that are behind it. */
  private void down(int free, Timeout timeout) {
    int index = free;
    while (2 * index <= size) {
      int child = 2 * index;
      if (child < size && at(child + 1).isBefore(at(child))) {
        child++;
      }
      if (!at(child).isBefore(timeout)) {
        break;
      }
      put(index, at(child));
      index = child;
    }
    put(index, timeout);
  }

  private Timeout at(int index) {
    return Objects.requireNonNull(heap[index]);
  }

  private void put(int index, Timeout timeout) {
    heap[index] = timeout;
    timeout.index = index;
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
      while (size > 0 && at(1).dueNanos - nowNanos <= 0) {
        Timeout first = at(1);
        first.stopTime();
        first.timedOut();
      }
    } finally {
      if (size > 0) {
        await(at(1).dueNanos, nowNanos);
      }
    }
  }
}
