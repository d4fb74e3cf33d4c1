package dev.holdfast.upstream;

import dev.holdfast.metrics.LatencyHistogram;
import dev.holdfast.metrics.LatencySnapshot;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How one upstream has been doing over one transport: its RTT, and what came of the last queries.
 * Thread-safe.
 */
public final class Health {

  /** What to expect of the next query. */
  public enum State {
    /** It answers. */
    UP,
    /** A query is overdue, or the last few got errors only. */
    SUSPECT,
    /** Several queries in a row got no reply, or errors only: probes tell when it is back. */
    DOWN
  }

  /** Queries in a row without a reply that take it down. */
  static final int DOWN_AFTER_FAILURES = 3;

  /** Replies in a row with a failure rcode that make it suspect, and that take it down. */
  static final int SUSPECT_AFTER_ERRORS = 3;

  static final int DOWN_AFTER_ERRORS = 5;

  static final long MIN_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** The longest that one query waits for its reply. */
  public static final long MAX_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  static final long FIRST_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

  private static final long MIN_HEDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long FIRST_HEDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long MAX_SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A reply is late after this time, or after twice the usual time if that is longer. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** The share of late replies from which on an upstream is erratic: two in a short time. */
  private static final double ERRATIC_FROM = 0.1;

  /** The share of late or lost replies from which on many questions fail. */
  private static final double LOSSY_FROM = 0.3;

  /** Replies in a row in time from which on an upstream loses none. */
  private static final int STEADY_AFTER_TIMELY = 10;

  /** The share from which on late replies are the usual ones. */
  private static final double USUALLY_LATE_FROM = 0.8;

  /** Replies over which late ones are averaged. */
  private static final int LATE_WINDOW = 16;

  /** Late queries in a row, without a reply to any, from which on an upstream is silent. */
  private static final int SILENT_AFTER_LATE = 3;

  private volatile long smoothedRttNanos;
  private volatile long rttVarianceNanos;
  private volatile int consecutiveFailures;
  private volatile int consecutiveErrors;
  private FailureKind lastFailure = FailureKind.TIMEOUT;
  private volatile int consecutiveLate;
  private volatile int consecutiveTimely;
  private volatile boolean overdue;
  private volatile boolean presumedDown;
  private volatile double lateShare;
  private volatile long lastReplyNanos;
  private volatile boolean heard;
  private long replies;
  private long errorReplies;
  private final long[] failures = new long[FailureKind.values().length];
  private final LatencyHistogram rtts = new LatencyHistogram();

  /**
   * What came of all queries so far, those of probes among them.
   *
   * @param replies usable ones
   * @param errorReplies those that say SERVFAIL, REFUSED or the like
   * @param failures queries without a reply, by {@link FailureKind}
   */
  public record Tally(long replies, long errorReplies, Map<FailureKind, Long> failures) {}

  /** A usable reply came: the upstream is up. */
  public synchronized void replied(long rttNanos, long nowNanos) {
    replies++;
    sample(rttNanos, nowNanos);
    consecutiveErrors = 0;
  }

  /** A reply came that says SERVFAIL, REFUSED or the like: the upstream lives, but helps nobody. */
  public synchronized void repliedError(long rttNanos, long nowNanos) {
    errorReplies++;
    sample(rttNanos, nowNanos);
    consecutiveErrors++;
  }

  /** A reply takes longer than expected; it may still come. */
  public synchronized void overdue() {
    overdue = true;
  }

  /**
   * It was down when an earlier run ended, moments ago: it is suspect, and the first query without
   * a reply takes it down.
   */
  public synchronized void presumeDown() {
    if (!heard && consecutiveFailures == 0) {
      presumedDown = true;
      overdue = true;
      consecutiveFailures = DOWN_AFTER_FAILURES - 1;
    }
  }

  /** Whether it is down, or was when an earlier run ended and nobody knows better yet. */
  public boolean isProbablyDown() {
    return presumedDown || state() == State.DOWN;
  }

  /** A reply has not come within {@link #lateNanos}; to be called once for its query. */
  public synchronized void late() {
    consecutiveLate++;
    consecutiveTimely = 0;
    noteLateness(/* late= */ true);
  }

  /** No reply came. What others can forge or what is this process's own fault changes nothing. */
  public synchronized void failed(FailureKind kind) {
    failures[kind.ordinal()]++;
    switch (kind) {
      case TIMEOUT, REFUSED_CONNECTION, NETWORK_ERROR -> {
        consecutiveFailures++;
        lastFailure = kind;
        overdue = true;
      }
      case NEAR_MISSES, OVERLOADED -> {}
    }
  }

  /** The times that replies took so far, errors among them. */
  public LatencySnapshot rtt() {
    return rtts.snapshot();
  }

  /** What came of all queries so far. */
  public synchronized Tally tally() {
    Map<FailureKind, Long> byKind = new EnumMap<>(FailureKind.class);
    for (FailureKind kind : FailureKind.values()) {
      byKind.put(kind, failures[kind.ordinal()]);
    }
    return new Tally(replies, errorReplies, byKind);
  }

  /** Why it is not up, in words. */
  public synchronized String trouble() {
    if (consecutiveErrors > consecutiveFailures) {
      return consecutiveErrors + " error replies in a row";
    }
    String what =
        switch (lastFailure) {
          case REFUSED_CONNECTION -> " queries in a row turned away, nobody listens there";
          case NETWORK_ERROR -> " queries in a row lost with their socket or connection";
          default -> " queries in a row without a reply in time";
        };
    return consecutiveFailures + what;
  }

  /** How it has been doing lately. */
  public State state() {
    if (consecutiveFailures >= DOWN_AFTER_FAILURES || consecutiveErrors >= DOWN_AFTER_ERRORS) {
      return State.DOWN;
    }
    return overdue || consecutiveErrors >= SUSPECT_AFTER_ERRORS ? State.SUSPECT : State.UP;
  }

  /** Whether replies usually come soon and now and then very late: waiting is a gamble. */
  public boolean isErratic() {
    return lateShare > ERRATIC_FROM && smoothedRttNanos <= LATE_NANOS;
  }

  /** Whether so many replies are late or lost that questions fail while it is up. */
  boolean isLossy() {
    return lateShare > LOSSY_FROM;
  }

  /** Whether the last replies came in time, all of them. */
  boolean isSteady() {
    return consecutiveTimely >= STEADY_AFTER_TIMELY;
  }

  /** Whether the last few queries are late, and nothing came meanwhile. */
  public boolean isSilent() {
    return consecutiveLate >= SILENT_AFTER_LATE;
  }

  /** Whether a reply, if only an error, ever came. */
  public boolean wasHeard() {
    return heard;
  }

  /** Whether a reply, if only an error, came after {@code sinceNanos}. */
  public boolean wasHeardSince(long sinceNanos) {
    return heard && lastReplyNanos - sinceNanos > 0;
  }

  /** The time a reply takes, smoothed; 0 before the first one. */
  public long smoothedRttNanos() {
    return smoothedRttNanos;
  }

  /** After this time without a reply a query is overdue (RFC 6298 §2). */
  public long timeoutNanos() {
    long rttNanos = smoothedRttNanos;
    long timeoutNanos = rttNanos == 0 ? FIRST_TIMEOUT_NANOS : rttNanos + 4 * rttVarianceNanos;
    return Math.clamp(timeoutNanos, MIN_TIMEOUT_NANOS, MAX_TIMEOUT_NANOS);
  }

  /** After this time without a reply it is late, and counts against the upstream. */
  public long lateNanos() {
    return Math.clamp(2 * smoothedRttNanos, LATE_NANOS, MAX_TIMEOUT_NANOS);
  }

  /** After this time without a reply another upstream may be asked too: most replies are there. */
  public long hedgeNanos() {
    long rttNanos = smoothedRttNanos;
    long hedgeNanos = rttNanos == 0 ? FIRST_HEDGE_NANOS : rttNanos + 2 * rttVarianceNanos;
    return Math.clamp(hedgeNanos, MIN_HEDGE_NANOS, timeoutNanos());
  }

  private synchronized void sample(long rttNanos, long nowNanos) {
    consecutiveFailures = 0;
    consecutiveLate = 0;
    overdue = false;
    presumedDown = false;
    lastReplyNanos = nowNanos;
    heard = true;
    rtts.record(rttNanos, 1);
    boolean late = rttNanos > lateNanos();
    if (!late) {
      consecutiveTimely++;
      noteLateness(/* late= */ false);
    }
    if (smoothedRttNanos == 0 || !late || lateShare > USUALLY_LATE_FROM) {
      estimateRtt(Math.clamp(rttNanos, 1, MAX_SAMPLE_NANOS));
    }
  }

  /* Late replies are left out while they are few: the estimate tells what most replies take. */
  private void estimateRtt(long sampleNanos) {
    long rtt = smoothedRttNanos;
    if (rtt == 0) {
      rttVarianceNanos = sampleNanos / 2;
      smoothedRttNanos = sampleNanos;
      return;
    }
    long variance = rttVarianceNanos;
    rttVarianceNanos = variance + (Math.abs(rtt - sampleNanos) - variance) / 4;
    smoothedRttNanos = Math.max(1, rtt + (sampleNanos - rtt) / 8);
  }

  private void noteLateness(boolean late) {
    double share = lateShare;
    lateShare = share + ((late ? 1 : 0) - share) / LATE_WINDOW;
  }
}
