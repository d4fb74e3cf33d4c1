package dev.holdfast;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waits for what other threads and processes do, by asking again and again. Thread-safe. */
public final class Await {

  /** Far beyond what a busy machine needs. */
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Await() {}

  /** What is asked for again and again; it throws where waiting makes no sense any more. */
  public interface Condition<E extends Exception> {
    boolean holds() throws E;
  }

  /** Where a value comes from. */
  public interface Source<T, E extends Exception> {
    T get() throws E;
  }

  /** Where a value comes from that is null at first. */
  public interface LateSource<T, E extends Exception> {
    @Nullable T get() throws E;
  }

  /** Returns when {@code condition} holds; {@code what} is named if it never does. */
  public static <E extends Exception> void until(String what, Condition<E> condition) throws E {
    long deadlineNanos = System.nanoTime() + LIMIT_NANOS;
    while (!condition.holds()) {
      pause(what, deadlineNanos);
    }
  }

  /** Returns the first value that is not null. */
  public static <T, E extends Exception> T value(String what, LateSource<T, E> source) throws E {
    long deadlineNanos = System.nanoTime() + LIMIT_NANOS;
    while (true) {
      T found = source.get();
      if (found != null) {
        return found;
      }
      pause(what, deadlineNanos);
    }
  }

  /** Returns the first value that is {@code wanted}; the last one is told if none is. */
  public static <T, E extends Exception> T matching(
      String what, Predicate<? super T> wanted, Source<T, E> source) throws E {
    long deadlineNanos = System.nanoTime() + LIMIT_NANOS;
    T seen = source.get();
    while (!wanted.test(seen)) {
      pause(what + ", not " + seen, deadlineNanos);
      seen = source.get();
    }
    return seen;
  }

  private static void pause(String what, long deadlineNanos) {
    if (System.nanoTime() - deadlineNanos > 0) {
      throw new AssertionError("waited in vain for " + what);
    }
    LockSupport.parkNanos(POLL_NANOS);
  }
}
