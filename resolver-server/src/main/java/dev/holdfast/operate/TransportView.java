package dev.holdfast.operate;

import dev.holdfast.metrics.LatencySnapshot;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.Health;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How an upstream has been doing over UDP or over TCP. Immutable.
 *
 * @param rttMillis the time a reply takes, smoothed; 0 before the first one
 * @param timeoutMillis after this time without a reply a query is overdue
 * @param erratic whether some replies come at once and some very late
 * @param failures queries and probes without a reply
 * @param rtt the times that all replies took
 */
public record TransportView(
    Health.State state,
    double rttMillis,
    double timeoutMillis,
    boolean erratic,
    long replies,
    long errorReplies,
    Map<FailureKind, Long> failures,
    LatencySnapshot rtt) {

  private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  static TransportView of(Health health) {
    Health.Tally tally = health.tally();
    return new TransportView(
        health.state(),
        health.smoothedRttNanos() / NANOS_PER_MILLI,
        health.timeoutNanos() / NANOS_PER_MILLI,
        health.isErratic(),
        tally.replies(),
        tally.errorReplies(),
        tally.failures(),
        health.rtt());
  }

  /** Queries and probes without a reply. */
  public long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }
}
