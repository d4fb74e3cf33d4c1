package dev.holdfast.replay;

/** What is measured of a scenario; NaN where it has no meaning. */
public enum Measure {
  /** Share of questions for known names that got the right address in time. */
  GOOD("good", Unit.PERCENT, true, false),
  /** Answers to questions for known names that were untrue. */
  WRONG("wrong answers", Unit.COUNT, false, false),
  /** Answers that no client can use, or should. */
  MALFORMED("malformed answers", Unit.COUNT, false, false),
  P50("p50", Unit.MILLIS, false, true),
  P99("p99", Unit.MILLIS, false, true),
  P99_AFTER_THREE("p99 after 3 questions", Unit.MILLIS, false, true),
  UPSTREAM_RATIO("upstream queries per question", Unit.RATIO, false, false),
  /** From healing until every name, seen or unseen before, is answered with its new address. */
  FRESH_AFTER("all fresh after", Unit.SECONDS, false, true),
  /** Share of good answers that say that they are old. */
  SIGNALLED("answers that say that they are old", Unit.PERCENT, true, false),
  /** Slowest answer for a name that nobody had asked for before the outage. */
  UNSEEN("never-seen name", Unit.MILLIS, false, true),
  UNSEEN_LATER("never-seen name once known down", Unit.MILLIS, false, true),
  /** Share of never-seen names that got an answer, or a failure with an extended error. */
  UNSEEN_TOLD("never-seen names answered or told why not", Unit.PERCENT, true, false),
  /** From the start of the process until a good answer. */
  FIRST_ANSWER("first answer after restart", Unit.MILLIS, false, true),
  /** Vanishings that were believed and counted. */
  NOTED("vanishings noted", Unit.COUNT, true, false);

  private final String label;
  private final Unit unit;
  private final boolean moreIsBetter;
  private final boolean timed;

  Measure(String label, Unit unit, boolean moreIsBetter, boolean timed) {
    this.label = label;
    this.unit = unit;
    this.moreIsBetter = moreIsBetter;
    this.timed = timed;
  }

  public String label() {
    return label;
  }

  public boolean moreIsBetter() {
    return moreIsBetter;
  }

  /** Whether it depends on how fast the machine is. */
  public boolean timed() {
    return timed;
  }

  public double of(Result result) {
    return switch (this) {
      case GOOD -> result.goodPercent();
      case WRONG -> result.count(Outcome.WRONG);
      case MALFORMED -> result.malformed();
      case P50 -> result.latencyMillis(0.50, 0);
      case P99 -> result.latencyMillis(0.99, 0);
      case P99_AFTER_THREE -> result.latencyMillis(0.99, 3);
      case UPSTREAM_RATIO -> result.upstreamQueriesPerQuestion();
      case FRESH_AFTER -> result.freshAfterSeconds();
      case SIGNALLED -> result.signalledPercent();
      case UNSEEN -> result.unseenMillis(0);
      case UNSEEN_LATER -> result.unseenMillis(ScenarioRun.KNOWN_DOWN_MILLIS);
      case UNSEEN_TOLD -> result.toldPercent();
      case FIRST_ANSWER -> result.firstAnswerMillis();
      case NOTED -> result.absencesNoted() < 0 ? Double.NaN : result.absencesNoted();
    };
  }

  /** A value of this measure with its unit; a dash where there is none. */
  public String format(double value) {
    return unit.format(value);
  }
}
