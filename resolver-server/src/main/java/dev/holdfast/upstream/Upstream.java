package dev.holdfast.upstream;

import dev.holdfast.upstream.Health.State;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * One upstream server: where it is and how it has been doing over UDP and over TCP, each judged by
 * itself. Thread-safe.
 */
public final class Upstream {

  /** What is counted beside replies and failures. */
  public enum Event {
    /** A question was sent to it, as a hedge or not. */
    QUERY,
    /** A question was sent to it because another upstream was slow. */
    HEDGE,
    /** Such a question was answered by it first. */
    HEDGE_WON,
    /** It was asked whether it is back. */
    PROBE
  }

  private final UpstreamSpec spec;
  private final Health datagrams = new Health();
  private final Health streams = new Health();
  private final Casing casing = new Casing();
  private final Cookies cookies = new Cookies();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLongArray events = new AtomicLongArray(Event.values().length);
  private volatile byte @Nullable [] answeredQuestion;
  private volatile boolean streamsProven;

  public Upstream(UpstreamSpec spec) {
    this.spec = spec;
  }

  public UpstreamSpec spec() {
    return spec;
  }

  /** How it has been doing over a transport. */
  public Health health(boolean stream) {
    return stream ? streams : datagrams;
  }

  /** How it has been doing over the transport that the next query would take. */
  public Health health() {
    return health(prefersStream());
  }

  /** What to expect of the next query. */
  public State state() {
    return health().state();
  }

  /**
   * Whether it is asked over TCP: it takes nothing else, or UDP is down and a probe came through.
   */
  public boolean prefersStream() {
    return spec.tcpOnly()
        || (datagrams.state() == State.DOWN && streamsProven && streams.state() != State.DOWN);
  }

  /** Whether it repeats questions in the case they were asked in. */
  public Casing casing() {
    return casing;
  }

  /** The cookie that it is sent, and whether it brings it back. */
  public Cookies cookies() {
    return cookies;
  }

  /** A usable reply to {@code question} came: name, type and class, not written to any more. */
  public void replied(boolean stream, long rttNanos, long nowNanos, byte[] question) {
    health(stream).replied(rttNanos, nowNanos);
    answeredQuestion = question;
    if (stream) {
      streamsProven = true;
    }
  }

  /** A question that it answered lately, to be asked again by a probe; null before the first. */
  public byte @Nullable [] answeredQuestion() {
    return answeredQuestion;
  }

  /** Counts what happened. */
  public void count(Event event) {
    events.incrementAndGet(event.ordinal());
  }

  /** How often it happened. */
  public long counted(Event event) {
    return events.get(event.ordinal());
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

  @Override
  public String toString() {
    return spec.toString();
  }
}
