package dev.holdfast.cache;

import dev.holdfast.wire.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a question over time: since when it is answered, how often that was confirmed,
 * its last distinct record sets, and whether it has vanished. Immutable. Times are on the process's
 * monotonic clock. There are as many as names are asked for again: its fields fill 40 bytes with a
 * compact header, and most have no further object.
 */
public final class History {

  /** Record sets kept, so that an operator can go back to an earlier one. */
  public static final int MAX_RECORD_SETS = 4;

  private static final int SETTLED_REFRESHES = 3;
  private static final long SETTLED_NANOS = TimeUnit.HOURS.toNanos(1);

  private final long firstSeenNanos;
  private final long lastPositiveNanos;
  private final int refreshes;
  private final Answer lastGood;
  private final List<Answer> earlier;
  private final @Nullable Absence absence;

  /** What there is to say only of a question that has vanished, or is believed to have. */
  private record Absence(long atNanos, boolean vanished, boolean released) {}

  /**
   * @param firstSeenNanos when it was first answered positively
   * @param lastPositiveNanos when it was last answered positively
   * @param refreshes how often it was answered positively after the first time
   * @param recordSets its last distinct record sets, newest first, at most {@link #MAX_RECORD_SETS}
   * @param vanishedAtNanos when upstreams first agreed that it is gone; meaningless unless {@code
   *     vanished}
   * @param vanished whether upstreams say at present that it is gone
   * @param released whether an operator believes that, until it is answered positively again
   */
  public History(
      long firstSeenNanos,
      long lastPositiveNanos,
      int refreshes,
      List<Answer> recordSets,
      long vanishedAtNanos,
      boolean vanished,
      boolean released) {
    if (recordSets.isEmpty() || recordSets.size() > MAX_RECORD_SETS) {
      throw new IllegalArgumentException(
          "record sets: " + recordSets.size() + " (expected 1.." + MAX_RECORD_SETS + ")");
    }
    this(
        firstSeenNanos,
        lastPositiveNanos,
        refreshes,
        recordSets.getFirst(),
        List.copyOf(recordSets.subList(1, recordSets.size())),
        vanished || released ? new Absence(vanishedAtNanos, vanished, released) : null);
  }

  private History(
      long firstSeenNanos,
      long lastPositiveNanos,
      int refreshes,
      Answer lastGood,
      List<Answer> earlier,
      @Nullable Absence absence) {
    this.firstSeenNanos = firstSeenNanos;
    this.lastPositiveNanos = lastPositiveNanos;
    this.refreshes = refreshes;
    this.lastGood = lastGood;
    this.earlier = earlier;
    this.absence = absence;
  }

  /** The history of a question that was just answered for the first time. */
  static History first(Answer answer, long nowNanos) {
    return new History(nowNanos, nowNanos, 0, answer, List.of(), null);
  }

  /** The same history with one more positive answer: whatever had vanished is back. */
  History answered(Answer answer, long nowNanos) {
    return new History(
        firstSeenNanos, nowNanos, refreshes + 1, answer, setsBefore(answer), /* absence= */ null);
  }

  private List<Answer> setsBefore(Answer answer) {
    if (earlier.isEmpty() && lastGood.hasSameRecords(answer)) {
      return earlier;
    }
    List<Answer> sets = new ArrayList<>(MAX_RECORD_SETS);
    for (Answer each : recordSets()) {
      if (sets.size() < MAX_RECORD_SETS - 1 && !each.hasSameRecords(answer)) {
        sets.add(each);
      }
    }
    return List.copyOf(sets);
  }

  /** The same history with upstreams saying that it is gone; the first time counts. */
  History vanished(long atNanos) {
    long at = vanished() ? vanishedAtNanos() : atNanos;
    return with(new Absence(at, /* vanished= */ true, released()));
  }

  /** The same history with an operator believing that it is gone. */
  History release() {
    return with(new Absence(vanishedAtNanos(), vanished(), /* released= */ true));
  }

  private History with(Absence other) {
    return new History(firstSeenNanos, lastPositiveNanos, refreshes, lastGood, earlier, other);
  }

  /** When it was first answered positively. */
  public long firstSeenNanos() {
    return firstSeenNanos;
  }

  /** When it was last answered positively. */
  public long lastPositiveNanos() {
    return lastPositiveNanos;
  }

  /** How often it was answered positively after the first time. */
  public int refreshes() {
    return refreshes;
  }

  /** Whether it was confirmed for so long that nobody can have many like it made in a hurry. */
  boolean isSettled() {
    return refreshes >= SETTLED_REFRESHES && lastPositiveNanos - firstSeenNanos >= SETTLED_NANOS;
  }

  /** The last good answer. */
  public Answer lastGood() {
    return lastGood;
  }

  /** The last distinct record sets, newest first. */
  public List<Answer> recordSets() {
    List<Answer> sets = new ArrayList<>(MAX_RECORD_SETS);
    sets.add(lastGood);
    sets.addAll(earlier);
    return sets;
  }

  /** Bytes of the answers' content, with {@code overheadBytes} for each but the last one. */
  int answersSizeBytes(int overheadBytes) {
    int sizeBytes = lastGood.sizeBytes();
    for (Answer each : earlier) {
      sizeBytes += overheadBytes + each.sizeBytes();
    }
    return sizeBytes;
  }

  /** When upstreams first agreed that it is gone; meaningless unless it has {@link #vanished()}. */
  public long vanishedAtNanos() {
    return absence == null ? 0 : absence.atNanos;
  }

  /** Whether upstreams say at present that it is gone. */
  public boolean vanished() {
    return absence != null && absence.vanished;
  }

  /** Whether an operator believes that it is gone, until it is answered positively again. */
  public boolean released() {
    return absence != null && absence.released;
  }
}
