package dev.holdfast.store;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What was forgotten before the journal was loaded to its end, so that loading does not bring it
 * back. Thread-safe.
 */
final class LoadGuard {

  /** Keys and flushes remembered; when there are more, nothing is brought back any more. */
  static final int MAX_FORGOTTEN = 10_000;

  private final Set<CacheKey> keys = new HashSet<>();
  private final List<Predicate<CacheKey>> flushes = new ArrayList<>();
  private boolean full;
  private boolean loaded;

  /** Notes that something is brought back from now on. */
  synchronized void begin() {
    loaded = false;
  }

  /** Notes that a key was forgotten. */
  synchronized void remove(CacheKey key) {
    full |= keys.size() >= MAX_FORGOTTEN;
    if (!loaded && !full) {
      keys.add(key);
    }
  }

  /** Notes that some keys were forgotten. */
  synchronized void flush(Predicate<CacheKey> some) {
    full |= flushes.size() >= MAX_FORGOTTEN;
    if (!loaded && !full) {
      flushes.add(some);
    }
  }

  /**
   * Hands over an answer unless it was forgotten; what is forgotten afterwards finds it delivered.
   * Returns whether it was handed over.
   */
  synchronized boolean deliver(CacheKey key, CacheEntry entry, Recall recall) {
    if (full || keys.contains(key) || flushes.stream().anyMatch(some -> some.test(key))) {
      return false;
    }
    recall.answer(key, entry);
    return true;
  }

  /** Notes that there is nothing to be brought back any more. */
  synchronized void end() {
    loaded = true;
    full = false;
    keys.clear();
    flushes.clear();
  }
}
