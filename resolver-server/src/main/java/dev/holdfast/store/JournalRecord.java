package dev.holdfast.store;

import org.jspecify.annotations.Nullable;

/**
 * What is written about one key. The arrays are not to be written to.
 *
 * @param value null when the key was forgotten
 * @param endsAtMillis from when on the record is of no use, by the wall clock
 */
@SuppressWarnings("ArrayRecordComponent")
record JournalRecord(byte[] key, byte @Nullable [] value, long endsAtMillis) {

  /** For records that stay of use until they are replaced. */
  static final long NEVER = Long.MAX_VALUE;

  int sizeBytes() {
    return RecordBuffer.KEY_OFFSET + key.length + (value == null ? 0 : value.length);
  }
}
