package dev.holdfast.upstream;

import dev.holdfast.metrics.Counter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One query from the call that asks until its handler has heard the outcome; run when its time is
 * up. After a timeout it stays known to its socket, so that a late reply is taken for what it is.
 * Confined to one event loop.
 */
final class PendingQuery implements Runnable {

  /** The socket or connection that a query waits on. */
  interface Carrier {

    /** The time of {@code query} is up; its handler hears of it afterwards. */
    void timedOut(PendingQuery query);
  }

  private enum State {
    WAITING,
    DELIVERING,
    TIMED_OUT,
    ENDED
  }

  private final ExchangeLoop loop;
  private final Upstream upstream;
  private final byte[] message;
  private final int questionLength;
  private final ReplyHandler handler;

  private State state = State.WAITING;
  private long sentAtNanos;
  private int nearMisses;
  private boolean retried;
  private @Nullable Carrier carrier;
  private @Nullable ScheduledFuture<?> timer;

  /**
   * A query that counts as in flight.
   *
   * @param message a copy of at least the header and the question
   */
  PendingQuery(
      ExchangeLoop loop,
      Upstream upstream,
      byte[] message,
      int questionLength,
      ReplyHandler handler) {
    this.loop = loop;
    this.upstream = upstream;
    this.message = message;
    this.questionLength = questionLength;
    this.handler = handler;
  }

  /** The copy that was kept; its id field is of no meaning. */
  byte[] message() {
    return message;
  }

  /** Whether the handler still waits. */
  boolean waiting() {
    return state == State.WAITING;
  }

  /** Whether no reply is of interest any more. */
  boolean ended() {
    return state == State.ENDED;
  }

  long sentAtNanos() {
    return sentAtNanos;
  }

  void startTimer(long timeoutNanos) {
    timer = loop.eventLoop.schedule(this, timeoutNanos, TimeUnit.NANOSECONDS);
  }

  /** The query waits on {@code carrier} from now on. */
  void sentOn(Carrier carrier) {
    this.carrier = carrier;
    sentAtNanos = loop.now();
  }

  /** Whether it may be sent once more after its connection ended; true at most once. */
  boolean claimRetry() {
    boolean first = !retried;
    retried = true;
    return first && state == State.WAITING;
  }

  /**
   * Takes a reply with this query's id.
   *
   * @return false when it was a near-miss, which may have been one too many
   */
  boolean offer(byte[] reply, int length) {
    ReplyMatch match = ReplyMatch.of(message, questionLength, reply, length);
    if (match == ReplyMatch.MATCH && state == State.TIMED_OUT) {
      late();
      return true;
    }
    if (match == ReplyMatch.MATCH && deliver(reply, length)) {
      return true;
    }
    switch (match) {
      case MATCH -> {} // The handler has turned it down, and knows why.
      case WRONG_QUESTION -> loop.count(Counter.UPSTREAM_NEAR_MISS_QUESTION);
      case WRONG_SHAPE -> loop.count(Counter.UPSTREAM_NEAR_MISS_SHAPE);
    }
    nearMiss();
    return false;
  }

  /**
   * A reply came on the query's socket that is not its answer.
   *
   * @return whether that was one too many, and the query has ended
   */
  boolean nearMiss() {
    if (state != State.WAITING || ++nearMisses < loop.config.nearMisses()) {
      return false;
    }
    loop.count(Counter.UPSTREAM_NEAR_MISS_LIMIT);
    fail(FailureKind.NEAR_MISSES);
    return true;
  }

  /** Tells the handler, unless it heard something already. */
  void fail(FailureKind kind) {
    if (state == State.WAITING) {
      end(State.ENDED);
      loop.notifyFailed(handler, kind);
    }
  }

  /** Tells the handler in a turn of its own, so that no handler runs inside a call that asks. */
  void failLater(FailureKind kind) {
    loop.eventLoop.execute(() -> fail(kind));
  }

  @Override
  public void run() {
    if (state == State.WAITING) {
      end(State.TIMED_OUT);
      if (carrier != null) {
        carrier.timedOut(this);
      }
      loop.notifyFailed(handler, FailureKind.TIMEOUT);
    }
  }

  private boolean deliver(byte[] reply, int length) {
    state = State.DELIVERING;
    boolean accepted = true;
    try {
      accepted = handler.replied(reply, length, loop.now());
    } catch (Throwable unexpected) {
      loop.failures.record(unexpected);
    }
    state = State.WAITING;
    if (accepted) {
      end(State.ENDED);
    }
    return accepted;
  }

  private void late() {
    loop.count(Counter.UPSTREAM_LATE_REPLIES);
    state = State.ENDED;
  }

  private void end(State end) {
    state = end;
    upstream.end();
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
