package dev.holdfast.store;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Something learnt or forgotten, on its way into the journal. Immutable. */
sealed interface Change {

  /** Memory of a change beside its content: objects and places in the queue. */
  int OVERHEAD_BYTES = 128;

  /** Memory that the change holds on to until it is written. */
  int sizeBytes();

  /**
   * An answer.
   *
   * @param entry null when it was forgotten
   */
  record OfAnswer(CacheKey key, @Nullable CacheEntry entry) implements Change {

    @Override
    public int sizeBytes() {
      return sizeBytes(key, entry);
    }

    static int sizeBytes(CacheKey key, @Nullable CacheEntry entry) {
      return OVERHEAD_BYTES + key.sizeBytes() + (entry == null ? 0 : entry.sizeBytes());
    }
  }

  /**
   * A value of another table.
   *
   * @param value null when it was forgotten
   * @param endsAtMillis from when on it is of no use, by the wall clock
   */
  @SuppressWarnings("ArrayRecordComponent")
  record OfValue(Table table, byte[] key, byte @Nullable [] value, long endsAtMillis)
      implements Change {

    @Override
    public int sizeBytes() {
      return OVERHEAD_BYTES + key.length + (value == null ? 0 : value.length);
    }
  }

  /** Every answer kept so far whose key an operator wants to be forgotten. */
  record Flush(Predicate<CacheKey> keys) implements Change {

    @Override
    public int sizeBytes() {
      return OVERHEAD_BYTES;
    }
  }
}
