package dev.holdfast.e2e;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for what other threads and processes do, by asking again and again. Thread-safe. */
final class Await {

  /** Far beyond what a busy machine needs. */
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long POLL_MILLIS = 10;

  private Await() {}

  /** Returns when {@code condition} holds; {@code what} is named if it never does. */
  static void until(String what, Callable<Boolean> condition) throws Exception {
    value(what, () -> condition.call() ? Boolean.TRUE : null);
  }

  /** Returns the first value that is not null. */
  static <T> T value(String what, Callable<@Nullable T> source) throws Exception {
    long deadlineNanos = System.nanoTime() + LIMIT_NANOS;
    while (true) {
      T found = source.call();
      if (found != null) {
        return found;
      }
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new AssertionError("waited in vain for " + what);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }
}
