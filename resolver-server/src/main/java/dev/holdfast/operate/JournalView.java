package dev.holdfast.operate;

/**
 * How far behind the journal is. Immutable.
 *
 * @param writing whether this process may write it
 * @param lagChanges changes that are not yet written
 * @param lagMillis how long the oldest of them has been waiting
 * @param sizeBytes all its files together
 */
public record JournalView(boolean writing, long lagChanges, long lagMillis, long sizeBytes) {

  /** No journal at all. */
  public static final JournalView NONE = new JournalView(/* writing= */ false, 0, 0, 0);
}
