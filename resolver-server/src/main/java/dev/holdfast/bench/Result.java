package dev.holdfast.bench;

import dev.holdfast.wire.Rcode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one phase measured. Latencies of a phase with a rate count from the moment at which each
 * query was due. Immutable.
 *
 * @param ratePerSecond the rate asked for; 0 for none
 * @param seconds how long queries were sent
 * @param lost queries without an answer in time
 * @param late answers that came after their query was given up
 * @param duplicate answers to queries that were answered already
 * @param unknown messages that answer nothing that was asked
 * @param refused times that the server refused: nobody listens, or the connection is closed
 * @param skipped queries that were due but not sent, for the load was too late
 * @param rcodes answers by rcode
 * @param latencyMillis percentiles of the latency
 * @param meanMillis mean latency
 * @param sentLateMillis 99th percentile of how long after it was due a query was sent
 * @param loadBusy share of the time in which the load had something to do, 0..1
 * @param serverCpuMicros processor time of the server per answer; null when it is not known
 * @param serverBytes memory of the server at the end; null when it is not known
 */
public record Result(
    double ratePerSecond,
    double seconds,
    long sent,
    long answered,
    long lost,
    long truncated,
    long late,
    long duplicate,
    long unknown,
    long refused,
    long skipped,
    Map<Integer, Long> rcodes,
    long bytesSent,
    long bytesReceived,
    Map<Double, Double> latencyMillis,
    double meanMillis,
    double sentLateMillis,
    double loadBusy,
    @Nullable Double serverCpuMicros,
    @Nullable Long serverBytes) {

  /** The percentiles that are kept. */
  public static final List<Double> PERCENTILES =
      List.of(0.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.95, 99.99, 100.0);

  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  /** Above this share the load itself is what limits the rate. */
  private static final double SATURATED = 0.95;

  static Result of(
      Phase phase,
      LoadLoop.Measured measured,
      @Nullable ProcessUsage before,
      @Nullable ProcessUsage after) {
    Tally tally = measured.tally();
    Map<Integer, Long> rcodes = new LinkedHashMap<>();
    for (int rcode = 0; rcode < Tally.RCODES; rcode++) {
      if (tally.rcodes[rcode] > 0) {
        rcodes.put(rcode, tally.rcodes[rcode]);
      }
    }
    return new Result(
        phase.ratePerSecond(),
        measured.sendingNanos() / NANOS_PER_SECOND,
        tally.sent,
        tally.answered,
        tally.lost,
        tally.truncated,
        tally.late,
        tally.duplicate,
        tally.unknown,
        tally.refused,
        tally.skipped,
        rcodes,
        tally.bytesSent,
        tally.bytesReceived,
        percentiles(tally.latencies),
        tally.latencies.getMean() / NANOS_PER_MILLI,
        tally.delays.getValueAtPercentile(99) / NANOS_PER_MILLI,
        1 - (double) tally.idleNanos / measured.sendingNanos(),
        before == null || after == null || tally.answered == 0
            ? null
            : (after.cpuMillis() - before.cpuMillis()) * 1000.0 / tally.answered,
        after == null ? null : after.residentBytes());
  }

  private static Map<Double, Double> percentiles(Histogram histogram) {
    Map<Double, Double> values = new LinkedHashMap<>();
    for (double percentile : PERCENTILES) {
      double nanos =
          percentile == 0 ? histogram.getMinValue() : histogram.getValueAtPercentile(percentile);
      values.put(percentile, histogram.getTotalCount() == 0 ? Double.NaN : nanos / NANOS_PER_MILLI);
    }
    return values;
  }

  /** Answers per second. */
  public double answersPerSecond() {
    return answered / seconds;
  }

  /** Queries that got no answer in time, in percent of those sent. */
  public double lostPercent() {
    return sent == 0 ? 0 : 100.0 * lost / sent;
  }

  /** Latency that {@code percentile} percent of the answers kept below. */
  public double millis(double percentile) {
    return latencyMillis.getOrDefault(percentile, Double.NaN);
  }

  /** Whether the load, and not the server, is what these figures show. */
  public boolean isLoadTheLimit() {
    return loadBusy > SATURATED || skipped > 0;
  }

  /** Everything by name, for a file. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("rate", ratePerSecond == 0 ? null : ratePerSecond);
    map.put("seconds", seconds);
    map.put("answersPerSecond", answersPerSecond());
    map.put("sent", sent);
    map.put("answered", answered);
    map.put("lost", lost);
    map.put("truncated", truncated);
    map.put("late", late);
    map.put("duplicate", duplicate);
    map.put("unknown", unknown);
    map.put("refused", refused);
    map.put("skipped", skipped);
    Map<String, Long> byName = new LinkedHashMap<>();
    rcodes.forEach((rcode, count) -> byName.put(Rcode.toText(rcode), count));
    map.put("rcodes", byName);
    map.put("bytesSent", bytesSent);
    map.put("bytesReceived", bytesReceived);
    map.put("meanMillis", meanMillis);
    map.put("latencyMillis", latencyMillis);
    map.put("sentLateMillis", sentLateMillis);
    map.put("loadBusy", loadBusy);
    map.put("loadIsLimit", isLoadTheLimit());
    map.put("serverCpuMicros", serverCpuMicros);
    map.put("serverBytes", serverBytes);
    return map;
  }
}
