package dev.holdfast.replay;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * What was measured of one scenario. Times are counted from the first question of the outage.
 *
 * @param scenario its name
 * @param problem why it could not be played; empty when it was
 * @param samples every question in the order of sending
 * @param strays messages that reached the client and belonged to none of its questions
 * @param healedMillis when the upstreams were healed
 * @param upstreamQueries received by upstreams during the outage; NaN where nobody could count them
 * @param upstreamPerSlot received by upstreams in each {@link #SLOT_MILLIS} since the beginning of
 *     the outage
 * @param firstAnswerMillis from a restart until the first good answer; NaN without a restart
 * @param absencesNoted how often the server has noted that a known name vanished, though it
 *     believed it; -1 when it does not tell
 */
public record Result(
    String scenario,
    String problem,
    List<Sample> samples,
    long strays,
    double healedMillis,
    double upstreamQueries,
    List<Integer> upstreamPerSlot,
    double firstAnswerMillis,
    long absencesNoted) {

  /** Upstream queries are counted by slots of this length. */
  public static final int SLOT_MILLIS = 250;

  public Result {
    samples = List.copyOf(samples);
    upstreamPerSlot = List.copyOf(upstreamPerSlot);
  }

  static Result notPlayed(Scenario scenario, String problem) {
    return new Result(
        scenario.name(), problem, List.of(), 0, Double.NaN, Double.NaN, List.of(), Double.NaN, -1);
  }

  /** Whether the scenario was played to its end. */
  public boolean played() {
    return problem.isEmpty();
  }

  /** The demands that were missed. */
  public List<Bar> missed(Scenario played) {
    return played.bars().stream().filter(bar -> !bar.isMet(this)).toList();
  }

  double goodPercent() {
    return percent(outage(Sample::known), sample -> sample.outcome().isGood());
  }

  /** Questions for known names that ended so during the outage. */
  double count(Outcome outcome) {
    return outage(sample -> sample.known() && sample.outcome() == outcome).size();
  }

  /** Messages that reached the client at any time and were not fit to. */
  double malformed() {
    return strays
        + samples.stream().filter(sample -> sample.outcome() == Outcome.MALFORMED).count();
  }

  /** Latency of known names during the outage at a quantile, without the first few. */
  double latencyMillis(double quantile, int skipped) {
    List<Double> sorted =
        outage(Sample::known).stream()
            .skip(skipped)
            .map(Sample::latencyMillis)
            .sorted(Comparator.naturalOrder())
            .toList();
    return sorted.isEmpty()
        ? Double.NaN
        : sorted.get((int) Math.ceil(quantile * sorted.size()) - 1);
  }

  double upstreamQueriesPerQuestion() {
    return upstreamQueries / outage(sample -> true).size();
  }

  /**
   * Time from healing until the first answer of the name that was last to be fresh, infinite if
   * some name never was. An answer that is not the current one starts the name anew.
   */
  double freshAfterSeconds() {
    double[] freshAtMillis = new double[Names.ALL];
    for (Sample sample : samples) {
      if (sample.sentMillis() >= healedMillis) {
        int name = sample.name();
        if (!sample.outcome().isGood() || !sample.current()) {
          freshAtMillis[name] = Double.POSITIVE_INFINITY;
        } else if (freshAtMillis[name] == 0 || Double.isInfinite(freshAtMillis[name])) {
          freshAtMillis[name] = sample.sentMillis() + sample.latencyMillis();
        }
      }
    }
    double last = Arrays.stream(freshAtMillis).max().orElse(0);
    return last == 0 ? Double.NaN : (last - healedMillis) / 1000;
  }

  double signalledPercent() {
    List<Sample> good = outage(sample -> sample.known() && sample.outcome().isGood());
    return percent(good, sample -> sample.outcome() != Outcome.FRESH);
  }

  double unseenMillis(long sinceMillis) {
    return outage(sample -> !sample.known() && sample.sentMillis() >= sinceMillis).stream()
        .mapToDouble(Sample::latencyMillis)
        .max()
        .orElse(Double.NaN);
  }

  double toldPercent() {
    return percent(
        outage(sample -> !sample.known()),
        sample ->
            sample.outcome().isGood()
                || sample.outcome() == Outcome.LATE
                || (sample.outcome() == Outcome.FAILED && sample.extendedError() >= 0));
  }

  /** Extended errors that came with answers for known names during the outage. */
  public List<Integer> extendedErrors() {
    return outage(Sample::known).stream()
        .map(Sample::extendedError)
        .filter(code -> code >= 0)
        .distinct()
        .sorted()
        .toList();
  }

  /** Questions that were asked before the upstreams were healed. */
  List<Sample> outage(Predicate<Sample> which) {
    return samples.stream()
        .filter(sample -> sample.sentMillis() < healedMillis && which.test(sample))
        .toList();
  }

  private static double percent(List<Sample> samples, Predicate<Sample> which) {
    return samples.isEmpty()
        ? Double.NaN
        : 100.0 * samples.stream().filter(which).count() / samples.size();
  }
}
