package dev.holdfast.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An event loop whose clock stands still until its owner moves it. Tasks run in the order of their
 * due times, those due at the same instant in the order they were given, and each sees the clock at
 * its own due time. Nothing runs inside {@code execute}. Confined to one thread.
 *
 * <p>What a task given to {@code execute} or {@code schedule} throws comes out of the method that
 * moved the clock; what a task given to {@code submit} throws stays in its future.
 */
public final class VirtualLoop extends AbstractExecutorService implements ScheduledExecutorService {

  /** More tasks than this at one instant mean that they keep each other alive. */
  public static final int MAX_TASKS_AT_ONE_INSTANT = 100_000;

  /*
   * Close to where the long wraps, so that code which compares two times instead of their
   * difference fails here and not once in 292 years.
   */
  private static final long START_NANOS = Long.MAX_VALUE - TimeUnit.MINUTES.toNanos(1);

  private final PriorityQueue<Task<?>> queue = new PriorityQueue<>();
  private final long startNanos;
  private long nowNanos;
  private long lastSequence;
  private boolean shutDown;

  /** A loop whose clock stands one minute before it wraps. */
  public VirtualLoop() {
    this(START_NANOS);
  }

  /** A loop whose clock stands at {@code startNanos}. */
  public VirtualLoop(long startNanos) {
    this.startNanos = startNanos;
    this.nowNanos = startNanos;
  }

  /** Returns what the clock shows. */
  public long nowNanos() {
    return nowNanos;
  }

  /** Returns what the clock showed when the loop was made. */
  public long startNanos() {
    return startNanos;
  }

  /** Returns the clock as the code on it takes it. */
  public LongSupplier clock() {
    return this::nowNanos;
  }

  /** Returns how far the clock has been moved since the loop was made. */
  public Duration elapsed() {
    return Duration.ofNanos(nowNanos - startNanos);
  }

  /** Returns the number of tasks that wait to run, periodic ones counted once. */
  public int waitingTasks() {
    return queue.size();
  }

  /** Runs what is due now, and what that makes due now; returns the number of tasks that ran. */
  public int runDue() {
    int count = 0;
    for (Task<?> task = queue.peek(); task != null; task = queue.peek()) {
      if (task.dueNanos - nowNanos > 0) {
        break;
      }
      if (++count > MAX_TASKS_AT_ONE_INSTANT) {
        throw new IllegalStateException(
            "more than " + MAX_TASKS_AT_ONE_INSTANT + " tasks at one instant: no rest in sight");
      }
      queue.remove();
      task.runOnLoop();
    }
    return count;
  }

  /** Moves the clock forward by {@code duration} and runs what becomes due on the way. */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration: " + duration + " (expected 0 or more)");
    }
    advanceTo(nowNanos + duration.toNanos());
  }

  /** Moves the clock forward to {@code nanos} and runs what becomes due on the way. */
  public void advanceTo(long nanos) {
    if (nanos - nowNanos < 0) {
      throw new IllegalArgumentException("the clock would go back " + (nowNanos - nanos) + "ns");
    }
    while (advanceToNext(nanos)) {
      /* each round runs one instant */
    }
    nowNanos = nanos;
  }

  /** Moves the clock to the next due time and runs what is due then; false when nothing waits. */
  public boolean advanceToNext() {
    Task<?> task = queue.peek();
    return task != null && advanceToNext(task.dueNanos);
  }

  /** Like {@link #advanceToNext()}, but only when that is not later than {@code limitNanos}. */
  public boolean advanceToNext(long limitNanos) {
    Task<?> task = queue.peek();
    if (task == null || task.dueNanos - limitNanos > 0) {
      return false;
    }
    if (task.dueNanos - nowNanos > 0) {
      nowNanos = task.dueNanos;
    }
    runDue();
    return true;
  }

  @Override
  public void execute(Runnable command) {
    var _ = add(new Task<>(Executors.callable(command), nowNanos, 0));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return add(new Task<>(Executors.callable(command), dueNanos(delay, unit), 0));
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return add(new Task<>(callable, dueNanos(delay, unit), 0));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return add(
        new Task<>(
            Executors.callable(command),
            dueNanos(initialDelay, unit),
            periodNanos("period", period, unit)));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return add(
        new Task<>(
            Executors.callable(command),
            dueNanos(initialDelay, unit),
            periodNanos("delay", delay, unit)));
  }

  /** Not offered: it would wait for tasks that only its caller can run. */
  @Override
  public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) {
    throw new UnsupportedOperationException("invokeAll would wait for the caller's own thread");
  }

  /** Not offered: it would wait for tasks that only its caller can run. */
  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks) {
    throw new UnsupportedOperationException("invokeAny would wait for the caller's own thread");
  }

  /** Takes no more tasks; those that wait still run when the clock reaches them. */
  @Override
  public void shutdown() {
    shutDown = true;
    queue.removeIf(task -> task.periodNanos > 0);
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutDown = true;
    List<Runnable> waiting = new ArrayList<>(queue);
    queue.clear();
    return waiting;
  }

  @Override
  public boolean isShutdown() {
    return shutDown;
  }

  @Override
  public boolean isTerminated() {
    return shutDown && queue.isEmpty();
  }

  /** Moves the clock by {@code timeout}, then says whether nothing waits any more. */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    advance(Duration.ofNanos(unit.toNanos(timeout)));
    return isTerminated();
  }

  private <V> Task<V> add(Task<V> task) {
    if (shutDown) {
      throw new RejectedExecutionException("the loop was shut down");
    }
    queue.add(task);
    return task;
  }

  private long dueNanos(long delay, TimeUnit unit) {
    return nowNanos + Math.max(0, unit.toNanos(delay));
  }

  private static long periodNanos(String name, long period, TimeUnit unit) {
    if (period <= 0) {
      throw new IllegalArgumentException(name + ": " + period + " (expected more than 0)");
    }
    return unit.toNanos(period);
  }

  private final class Task<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {

    private final long sequence = ++lastSequence;
    private final long periodNanos;
    private long dueNanos;
    private @Nullable Throwable failure;

    Task(Callable<V> callable, long dueNanos, long periodNanos) {
      super(callable);
      this.dueNanos = dueNanos;
      this.periodNanos = periodNanos;
    }

    private void runOnLoop() {
      if (periodNanos == 0) {
        run();
      } else if (runAndReset() && !shutDown) {
        /* No task takes time here, so a fixed rate and a fixed delay are the same. */
        dueNanos += periodNanos;
        queue.add(this);
      }
      switch (failure) {
        case null -> {}
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        default -> throw new IllegalStateException("a task failed", failure);
      }
    }

    @Override
    protected void setException(Throwable thrown) {
      failure = thrown;
      super.setException(thrown);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(false);
      if (cancelled) {
        queue.remove(this);
      }
      return cancelled;
    }

    @Override
    public boolean isPeriodic() {
      return periodNanos > 0;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - nowNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Task<?> task = (Task<?>) other;
      long difference = dueNanos - task.dueNanos;
      return difference != 0 ? Long.signum(difference) : Long.compare(sequence, task.sequence);
    }
  }
}
