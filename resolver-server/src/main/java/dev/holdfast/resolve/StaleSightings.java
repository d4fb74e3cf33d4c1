package dev.holdfast.resolve;

import dev.holdfast.cache.CacheKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * Some of the questions that a loop answered stale lately, for operators to look at. Written by one
 * event loop, readable by any thread.
 */
final class StaleSightings {

  /** Questions noted at a time; more are answered all the same, and not shown. */
  static final int MAX_QUESTIONS = 128;

  /** A question that was not asked for this long gives its place to another one. */
  static final long FORGOTTEN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final AtomicReferenceArray<StaleSighting> places =
      new AtomicReferenceArray<>(MAX_QUESTIONS);

  /** Notes that a question was answered stale. */
  void note(CacheKey key, long nowNanos) {
    int place = key.hashCode() & (MAX_QUESTIONS - 1);
    StaleSighting known = places.getPlain(place);
    if (known == null || nowNanos - known.lastNanos() > FORGOTTEN_AFTER_NANOS) {
      places.setRelease(place, new StaleSighting(key, 1, nowNanos));
    } else if (known.key().equals(key)) {
      places.setRelease(place, new StaleSighting(known.key(), known.answers() + 1, nowNanos));
    }
  }

  /** Hands over those that were answered stale a moment ago. */
  void forEach(long nowNanos, Consumer<StaleSighting> action) {
    for (int i = 0; i < MAX_QUESTIONS; i++) {
      StaleSighting sighting = places.getAcquire(i);
      if (sighting != null && nowNanos - sighting.lastNanos() <= FORGOTTEN_AFTER_NANOS) {
        action.accept(sighting);
      }
    }
  }
}
