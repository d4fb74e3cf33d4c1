package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import java.util.function.Predicate;

/**
 * Hears of answers as they are learnt, to keep them beyond the process. Thread-safe; never waits on
 * a loop.
 */
public interface Recorder {

  /** Keeps nothing. */
  Recorder NONE =
      new Recorder() {
        @Override
        public void learnt(CacheKey key, CacheEntry entry) {}

        @Override
        public void forgotten(CacheKey key) {}

        @Override
        public void flushing(Predicate<CacheKey> questions) {}
      };

  /** An answer from an upstream went into the cache. */
  void learnt(CacheKey key, CacheEntry entry);

  /** An answer was taken out of the cache because upstreams no longer stand by it. */
  void forgotten(CacheKey key);

  /**
   * An operator wants the answers to these questions to be forgotten; the cache forgets them next.
   * On a thread of the operator, and the only call that may wait.
   */
  void flushing(Predicate<CacheKey> questions);
}
