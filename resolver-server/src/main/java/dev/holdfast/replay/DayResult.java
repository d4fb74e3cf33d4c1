package dev.holdfast.replay;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

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
}
