package dev.holdfast.store;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;

/**
 * Takes what the journal brings back, on the thread that loads it. Values of other tables come
 * before answers, but for the histories of names that have not vanished: they are needed when an
 * upstream denies a name, and come last. Within a table what was learnt last comes first.
 */
public interface Recall {

  /**
   * An answer that is fresh or may still be served stale; to be kept unless a newer one is known.
   */
  void answer(CacheKey key, CacheEntry entry);

  /** Tells that there are no more answers, and how many there were. */
  default void answersAreBack(long count) {}

  /** A value of a table other than that of answers. */
  default void value(Table table, byte[] key, byte[] value) {}
}
