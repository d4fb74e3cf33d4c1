package dev.holdfast.upstream;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One upstream server: where it is and how it has been doing over the transport it is asked over by
 * default. Thread-safe.
 */
public final class Upstream {

  /** What to expect of the next query. */
  public enum State {
    /** It answers. */
    UP,
    /** The last query got no reply, or the last few got errors only. */
    SUSPECT,
    /** Several queries in a row got no reply. */
    DOWN
  }

  /** Queries in a row without a reply that take it down. */
  static final int DOWN_AFTER_FAILURES = 3;

  /** Replies in a row with a failure rcode that make it suspect. */
  static final int SUSPECT_AFTER_ERRORS = 3;

  static final long MIN_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  static final long MAX_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
  static final long FIRST_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

  private static final int MAX_TIMEOUT_DOUBLINGS = 5;

  private final UpstreamSpec spec;
  private final AtomicInteger inFlight = new AtomicInteger();

  private volatile long smoothedRttNanos;
  private volatile long rttVarianceNanos;
  private volatile int consecutiveFailures;
  private volatile int consecutiveErrors;

  public Upstream(UpstreamSpec spec) {
    this.spec = spec;
  }

  public UpstreamSpec spec() {
    return spec;
  }

  /** A usable reply came: the upstream is up. */
  public synchronized void recordReply(long rttNanos) {
    sample(rttNanos);
    consecutiveFailures = 0;
    consecutiveErrors = 0;
  }

  /** A reply came that says SERVFAIL, REFUSED or the like: the upstream lives, but helps nobody. */
  public synchronized void recordErrorReply(long rttNanos) {
    sample(rttNanos);
    consecutiveFailures = 0;
    consecutiveErrors++;
  }

  /** No reply came. What others can forge or what is this process's own fault changes nothing. */
  public synchronized void recordFailure(FailureKind kind) {
    switch (kind) {
      case TIMEOUT, REFUSED_CONNECTION, NETWORK_ERROR -> consecutiveFailures++;
      case NEAR_MISSES, OVERLOADED -> {}
    }
  }

  /** How it has been doing lately. */
  public State state() {
    int failures = consecutiveFailures;
    if (failures >= DOWN_AFTER_FAILURES) {
      return State.DOWN;
    }
    return failures > 0 || consecutiveErrors >= SUSPECT_AFTER_ERRORS ? State.SUSPECT : State.UP;
  }

  /** Queries in a row without a reply. */
  public int consecutiveFailures() {
    return consecutiveFailures;
  }

  /** Replies in a row with a failure rcode. */
  public int consecutiveErrors() {
    return consecutiveErrors;
  }

  /** The time a reply takes, smoothed; 0 before the first one. */
  public long smoothedRttNanos() {
    return smoothedRttNanos;
  }

  /** How long to wait for a reply (RFC 6298 §2), doubled per failure in a row (§5.5). */
  public long timeoutNanos() {
    long rttNanos = smoothedRttNanos;
    long timeoutNanos = rttNanos == 0 ? FIRST_TIMEOUT_NANOS : rttNanos + 4 * rttVarianceNanos;
    long boundedNanos = Math.clamp(timeoutNanos, MIN_TIMEOUT_NANOS, MAX_TIMEOUT_NANOS);
    return Math.min(
        boundedNanos << Math.min(consecutiveFailures, MAX_TIMEOUT_DOUBLINGS), MAX_TIMEOUT_NANOS);
  }

  /** Queries of all loops that wait for a reply. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Counts one more query in flight, unless there are {@code limit} of them. */
  boolean tryStart(int limit) {
    if (inFlight.incrementAndGet() <= limit) {
      return true;
    }
    inFlight.decrementAndGet();
    return false;
  }

  /** The counterpart of {@link #tryStart}. */
  void end() {
    inFlight.decrementAndGet();
  }

  private void sample(long rttNanos) {
    long sampleNanos = Math.clamp(rttNanos, 1, TimeUnit.SECONDS.toNanos(10));
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

  @Override
  public String toString() {
    return spec.toString();
  }
}
