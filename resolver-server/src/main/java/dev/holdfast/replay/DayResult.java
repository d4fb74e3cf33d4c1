package dev.holdfast.replay;

import dev.holdfast.replay.ReportFile.Fields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of a day. Times are seconds of that day.
 *
 * @param startSecond when the counting begins
 * @param goneSecond when the records vanished
 * @param backSecond when they returned
 * @param slotSeconds length of a slot
 * @param answers by outcome, one number per slot
 * @param upstreamQueries one number per slot, as if the day had taken its real time
 * @param wrongSeconds seconds in which at least one client got an untrue answer
 * @param freshAfterSeconds from the return of the records until the last client without its fresh
 *     answer had it; infinite if one never did
 */
public record DayResult(
    double startSecond,
    double goneSecond,
    double backSecond,
    double slotSeconds,
    Map<Outcome, List<Double>> answers,
    List<Double> upstreamQueries,
    double wrongSeconds,
    double freshAfterSeconds) {

  private static final double NEVER = -1;

  public DayResult {
    answers = Map.copyOf(answers);
    upstreamQueries = List.copyOf(upstreamQueries);
  }

  /** Number of answers. */
  public double total() {
    return Arrays.stream(Outcome.values()).mapToDouble(this::count).sum();
  }

  /** Number of answers of one kind. */
  public double count(Outcome outcome) {
    return answers.getOrDefault(outcome, List.of()).stream().mapToDouble(each -> each).sum();
  }

  /** Share of the answers of one kind among all. */
  public double percent(Outcome outcome) {
    return 100 * count(outcome) / total();
  }

  /** Queries to upstreams in each second of the day, on average. */
  public double upstreamPerSecond() {
    double queries = upstreamQueries.stream().mapToDouble(each -> each).sum();
    return queries / (upstreamQueries.size() * slotSeconds);
  }

  /** The most queries to upstreams in a second, averaged over a slot. */
  public double upstreamPeakPerSecond() {
    return upstreamQueries.stream().mapToDouble(each -> each).max().orElse(0) / slotSeconds;
  }

  Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("start-second", startSecond);
    json.put("gone-second", goneSecond);
    json.put("back-second", backSecond);
    json.put("slot-seconds", slotSeconds);
    json.put("wrong-seconds", wrongSeconds);
    json.put(
        "fresh-after-seconds", Double.isInfinite(freshAfterSeconds) ? NEVER : freshAfterSeconds);
    json.put("upstream-queries", upstreamQueries);
    for (Outcome outcome : Outcome.values()) {
      json.put(outcome.label(), answers.getOrDefault(outcome, List.of()));
    }
    return json;
  }

  static DayResult fromJson(Fields json) {
    Map<Outcome, List<Double>> answers = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      answers.put(outcome, new ArrayList<>(json.numbers(outcome.label())));
    }
    double freshAfter = json.number("fresh-after-seconds");
    return new DayResult(
        json.number("start-second"),
        json.number("gone-second"),
        json.number("back-second"),
        json.number("slot-seconds"),
        answers,
        json.numbers("upstream-queries"),
        json.number("wrong-seconds"),
        freshAfter == NEVER ? Double.POSITIVE_INFINITY : freshAfter);
  }
}
