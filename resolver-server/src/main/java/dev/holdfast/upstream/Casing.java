package dev.holdfast.upstream;

/** Whether one upstream repeats a question in the case it was asked in. Thread-safe. */
public final class Casing {

  /** What is known. */
  public enum State {
    /** It was not asked in random case yet. */
    UNKNOWN,
    /** It does. */
    KEPT,
    /** It does not: names are asked in lower case. */
    CHANGED
  }

  private final Habit habit = new Habit();
  private volatile boolean seen;

  /** What to expect of the next reply. */
  public State state() {
    if (habit.isLost()) {
      return State.CHANGED;
    }
    return seen ? State.KEPT : State.UNKNOWN;
  }

  /** Whether names may be asked in random case. */
  boolean isExpected(long nowNanos) {
    return habit.isExpected(nowNanos);
  }

  /** A reply came in the random case of its query. */
  void kept() {
    habit.kept();
    if (!seen) {
      seen = true;
    }
  }

  /**
   * A reply came in another case than the random one of its query.
   *
   * @return whether random case is given up for now
   */
  boolean broken(long nowNanos) {
    seen = false;
    return habit.broken(nowNanos);
  }
}
