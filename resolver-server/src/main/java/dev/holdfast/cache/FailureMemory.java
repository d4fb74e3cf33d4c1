package dev.holdfast.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Questions that upstreams failed to answer lately, and for how long not to ask again: 1 s after
 * the first failure, doubling to 30 s (RFC 9520 §3.2). Lives beside the answers and never touches
 * them. Thread-safe.
 */
public final class FailureMemory {

  /** Questions remembered; the least used are forgotten first. */
  public static final int MAX_QUESTIONS = 10_000;

  private static final long FIRST_NANOS = 1_000_000_000L;

  /** The longest pause, and for how long after a pause the next failure counts as one in a row. */
  public static final long LONGEST_NANOS = 30_000_000_000L;

  private static final int MAX_DOUBLINGS = 5;

  /** Up to this part is taken off every pause, so that failed questions do not return in step. */
  private static final double JITTER = 0.1;

  /**
   * Failures in a row from which on a question is told of. Fewer are forgotten in a moment, and
   * during an outage there are any number of them.
   */
  private static final int TOLD_FROM = 3;

  private final Cache<CacheKey, Failure> failures =
      Caffeine.newBuilder().maximumSize(MAX_QUESTIONS).executor(Runnable::run).build();
  private volatile Listener listener = (key, failure) -> {};

  /** Hears of questions that fail again and again, on the thread that finds out; never waits. */
  public interface Listener {

    /** A question failed once more, or null when its failures were forgotten. */
    void failed(CacheKey key, @Nullable Failure failure);
  }

  /**
   * One failed question.
   *
   * @param rcode what clients are told
   * @param failures how often in a row it failed
   */
  public record Failure(int rcode, int failures, long untilNanos) {}

  /** Tells {@code newListener} of the changes from now on. */
  public void listen(Listener newListener) {
    listener = newListener;
  }

  /** Takes a failure from an earlier run, unless one is known already. */
  public void restore(CacheKey key, Failure failure) {
    failures.asMap().putIfAbsent(key, failure);
  }

  /** Returns the failure of a question while it is not to be asked again. */
  public @Nullable Failure recall(CacheKey key, long nowNanos) {
    Failure failure = failures.getIfPresent(key);
    return failure != null && nowNanos - failure.untilNanos < 0 ? failure : null;
  }

  /** Remembers a failure for longer than the one before; {@code key} must be a snapshot. */
  public void remember(CacheKey key, int rcode, long nowNanos) {
    Failure failure =
        failures
            .asMap()
            .compute(
                key,
                (question, before) -> {
                  boolean inARow = before != null && nowNanos - before.untilNanos < LONGEST_NANOS;
                  int doublings = inARow ? Math.min(before.failures, MAX_DOUBLINGS) : 0;
                  long pauseNanos = Math.min(FIRST_NANOS << doublings, LONGEST_NANOS);
                  return new Failure(rcode, doublings + 1, nowNanos + jittered(pauseNanos));
                });
    if (failure.failures >= TOLD_FROM) {
      listener.failed(key, failure);
    }
  }

  /** Forgets the failures of a question that was answered. */
  public void forget(CacheKey key) {
    Failure forgotten = failures.asMap().remove(key);
    if (forgotten != null && forgotten.failures >= TOLD_FROM) {
      listener.failed(key, null);
    }
  }

  /** Returns the questions remembered that pass. */
  public List<CacheKey> keys(Predicate<CacheKey> filter) {
    return failures.asMap().keySet().stream().filter(filter).toList();
  }

  /** Forgets all failures: upstreams are back. */
  public void clear() {
    failures.asMap().keySet().forEach(this::forget);
  }

  /** Number of questions remembered. */
  public long size() {
    return failures.estimatedSize();
  }

  private static long jittered(long pauseNanos) {
    return pauseNanos - (long) (pauseNanos * JITTER * new SplittableRandom().nextDouble());
  }
}
