package dev.holdfast.operate;

import dev.holdfast.store.JournalError;
import org.jspecify.annotations.Nullable;

/**
 * How the journal is doing. Immutable.
 *
 * @param enabled whether there shall be one
 * @param writing whether this process may write it
 * @param lagChanges changes that are not yet written
 * @param lagMillis how long at most the oldest of them has been waiting
 * @param sizeBytes all its files together
 * @param maxSizeBytes what these may be
 * @param lastError what kept it from being written last, or null
 */
public record JournalView(
    boolean enabled,
    boolean writing,
    long lagChanges,
    long lagMillis,
    long sizeBytes,
    long maxSizeBytes,
    @Nullable JournalError lastError) {

  /** No journal at all. */
  public static final JournalView NONE =
      new JournalView(/* enabled= */ false, /* writing= */ false, 0, 0, 0, 0, null);
}
