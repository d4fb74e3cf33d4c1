package dev.holdfast.cache;

import dev.holdfast.wire.Answer;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of a question over time: since when it is answered, how often that was confirmed,
 * its last distinct record sets, and whether it has vanished. Immutable. Times are on the process's
 * monotonic clock.
 *
 * @param firstSeenNanos when it was first answered positively
 * @param lastPositiveNanos when it was last answered positively
 * @param refreshes how often it was answered positively after the first time
 * @param recordSets its last distinct record sets, newest first, at most {@link #MAX_RECORD_SETS}
 * @param vanishedAtNanos when upstreams first agreed that it is gone; meaningless unless {@code
 *     vanished}
 * @param vanished whether upstreams say at present that it is gone
 * @param released whether an operator believes that, until it is answered positively again
 */
public record History(
    long firstSeenNanos,
    long lastPositiveNanos,
    int refreshes,
    List<Answer> recordSets,
    long vanishedAtNanos,
    boolean vanished,
    boolean released) {

  /** Record sets kept, so that an operator can go back to an earlier one. */
  public static final int MAX_RECORD_SETS = 4;

  public History {
    recordSets = List.copyOf(recordSets);
    if (recordSets.isEmpty() || recordSets.size() > MAX_RECORD_SETS) {
      throw new IllegalArgumentException(
          "record sets: " + recordSets.size() + " (expected 1.." + MAX_RECORD_SETS + ")");
    }
  }

  /** The history of a question that was just answered for the first time. */
  static History first(Answer answer, long nowNanos) {
    return new History(
        nowNanos, nowNanos, 0, List.of(answer), 0, /* vanished= */ false, /* released= */ false);
  }

  /** The same history with one more positive answer: whatever had vanished is back. */
  History answered(Answer answer, long nowNanos) {
    List<Answer> sets = new ArrayList<>(MAX_RECORD_SETS);
    sets.add(answer);
    for (Answer earlier : recordSets) {
      if (sets.size() < MAX_RECORD_SETS && !earlier.hasSameRecords(answer)) {
        sets.add(earlier);
      }
    }
    return new History(
        firstSeenNanos,
        nowNanos,
        refreshes + 1,
        sets,
        0,
        /* vanished= */ false,
        /* released= */ false);
  }

  /** The same history with upstreams saying that it is gone; the first time counts. */
  History vanished(long atNanos) {
    long at = vanished ? vanishedAtNanos : atNanos;
    return new History(
        firstSeenNanos,
        lastPositiveNanos,
        refreshes,
        recordSets,
        at,
        /* vanished= */ true,
        released);
  }

  /** The same history with an operator believing that it is gone. */
  History release() {
    return new History(
        firstSeenNanos,
        lastPositiveNanos,
        refreshes,
        recordSets,
        vanishedAtNanos,
        vanished,
        /* released= */ true);
  }

  /** The last good answer. */
  public Answer lastGood() {
    return recordSets.getFirst();
  }
}
