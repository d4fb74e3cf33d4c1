package dev.holdfast.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what becomes of the questions of a day. Confined to one thread. */
final class DayTally {

  private static final int GOOD_MILLIS = Pace.FULL.goodMillis();
  private static final int UINT16_LENGTH = 2;

  private final Day day;
  private final double scale;
  private final Map<Outcome, double[]> answers = new EnumMap<>(Outcome.class);
  private final double[] upstreamQueries;
  private final BitSet wrongSeconds = new BitSet();
  private double lastOutdatedSecond;
  private byte @Nullable [] lastAnswer;
  private Judge.@Nullable Verdict lastVerdict;
  private boolean lastWasBack;

  /**
   * An empty tally.
   *
   * @param scale seconds of the day in one real second; rates are told per real second
   */
  DayTally(Day day, double scale) {
    this.day = day;
    this.scale = scale;
    int slots = slot(day.endSecond()) + 1;
    upstreamQueries = new double[slots];
    for (Outcome outcome : Outcome.values()) {
      answers.put(outcome, new double[slots]);
    }
    lastOutdatedSecond = day.backSecond();
  }

  /**
   * Counts an answer.
   *
   * @param message null when none came; read during the call only
   */
  void answered(
      double askedSecond,
      double answeredSecond,
      byte @Nullable [] message,
      int length,
      long latencyNanos) {
    boolean back = answeredSecond >= day.backSecond();
    Judge.Verdict verdict = judge(message, length, latencyNanos, back);
    count(answers.get(verdict.outcome()), askedSecond, 1);
    if (verdict.outcome() == Outcome.WRONG) {
      wrongSeconds.set((int) (answeredSecond - day.startSecond()));
    }
    if (back && !(verdict.outcome().isGood() && verdict.current())) {
      lastOutdatedSecond = Math.max(lastOutdatedSecond, answeredSecond);
    }
  }

  /** Counts a message to an upstream. */
  void askedUpstream(double second) {
    if (second >= day.startSecond()) {
      count(upstreamQueries, second, scale);
    }
  }

  DayResult result() {
    Map<Outcome, List<Double>> lists = new EnumMap<>(Outcome.class);
    answers.forEach((outcome, counts) -> lists.put(outcome, list(counts)));
    boolean never = lastOutdatedSecond > day.endSecond() - 2 * day.everySeconds();
    return new DayResult(
        day.startSecond(),
        day.goneSecond(),
        day.backSecond(),
        Day.SLOT_SECONDS,
        lists,
        list(upstreamQueries),
        wrongSeconds.cardinality(),
        never ? Double.POSITIVE_INFINITY : lastOutdatedSecond - day.backSecond());
  }

  /* Most answers are the same as the one before but for their id and what little their TTLs say. */
  private Judge.Verdict judge(
      byte @Nullable [] message, int length, long latencyNanos, boolean back) {
    Judge.Verdict known = lastVerdict;
    if (known != null && latencyNanos == 0 && back == lastWasBack && isLast(message, length)) {
      return known;
    }
    byte[] copy = message == null ? null : Arrays.copyOf(message, length);
    Judge.Verdict verdict =
        Judge.judge(
            copy,
            latencyNanos,
            Day.NAME,
            back ? Day.NEW_ADDRESS : Day.FORMER_ADDRESS,
            back ? Day.FORMER_ADDRESS : null,
            GOOD_MILLIS);
    lastAnswer = copy;
    lastVerdict = verdict;
    lastWasBack = back;
    return verdict;
  }

  private boolean isLast(byte @Nullable [] message, int length) {
    byte[] last = lastAnswer;
    return message != null
        && last != null
        && Arrays.equals(message, UINT16_LENGTH, length, last, UINT16_LENGTH, last.length);
  }

  private void count(double @Nullable [] counts, double second, double weight) {
    int slot = slot(second);
    if (counts != null && slot >= 0 && slot < counts.length) {
      counts[slot] += weight;
    }
  }

  private int slot(double second) {
    return (int) Math.floor((second - day.startSecond()) / Day.SLOT_SECONDS);
  }

  private static List<Double> list(double[] values) {
    List<Double> list = new ArrayList<>(values.length);
    for (double value : values) {
      list.add(value);
    }
    return Collections.unmodifiableList(list);
  }
}
