package dev.holdfast.store;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Something learnt or forgotten, on its way into the journal. Immutable. */
sealed interface Change {

  /** Memory of a change beside its content: objects and places in queue and map. */
  int OVERHEAD_BYTES = 160;

  /** What changes of the same thing have in common; only the last of them is written. */
  Object subject();

  long offeredAtNanos();

  /** Memory that the change holds on to until it is written. */
  int sizeBytes();

  /**
   * An answer.
   *
   * @param entry null when it was forgotten
   */
  record OfAnswer(CacheKey key, @Nullable CacheEntry entry, long offeredAtNanos) implements Change {

    @Override
    public Object subject() {
      return key;
    }

    @Override
    public int sizeBytes() {
      int answer = entry == null ? 0 : entry.answer().sizeBytes();
      return OVERHEAD_BYTES + key.sizeBytes() + answer;
    }
  }

  /**
   * A value of another table.
   *
   * @param value null when it was forgotten
   * @param endsAtMillis from when on it is of no use, by the wall clock
   */
  @SuppressWarnings("ArrayRecordComponent")
  record OfValue(ValueKey key, byte @Nullable [] value, long endsAtMillis, long offeredAtNanos)
      implements Change {

    @Override
    public Object subject() {
      return key;
    }

    @Override
    public int sizeBytes() {
      return OVERHEAD_BYTES + key.bytes.length + (value == null ? 0 : value.length);
    }
  }

  /** Every answer kept so far whose key an operator wants to be forgotten. */
  record Flush(Predicate<CacheKey> keys, long offeredAtNanos) implements Change {

    @Override
    public Object subject() {
      return this;
    }

    @Override
    public int sizeBytes() {
      return OVERHEAD_BYTES;
    }
  }

  /** Where a value is kept. */
  @SuppressWarnings("ArrayRecordComponent")
  record ValueKey(Table table, byte[] bytes) {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ValueKey(Table otherTable, byte[] otherBytes)
          && table == otherTable
          && Arrays.equals(bytes, otherBytes);
    }

    @Override
    public int hashCode() {
      return 31 * table.code() + Arrays.hashCode(bytes);
    }
  }
}
