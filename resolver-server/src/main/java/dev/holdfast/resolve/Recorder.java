package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;

/**
 * Hears of answers as they are learnt, to keep them beyond the process. Thread-safe; never waits.
 */
public interface Recorder {

  /** Keeps nothing. */
  Recorder NONE =
      new Recorder() {
        @Override
        public void learnt(CacheKey key, CacheEntry entry) {}

        @Override
        public void forgotten(CacheKey key) {}
      };

  /** An answer from an upstream went into the cache. */
  void learnt(CacheKey key, CacheEntry entry);

  /** An answer was taken out of the cache because upstreams no longer stand by it. */
  void forgotten(CacheKey key);
}
