package dev.holdfast.resolve;

import dev.holdfast.metrics.Counter;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.Health;
import dev.holdfast.upstream.ReplyHandler;
import dev.holdfast.upstream.Timeouts;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.wire.ReplyKind;
import org.jspecify.annotations.Nullable;

/**
 * One message to one upstream, until a reply or a failure: keeps that upstream's health and tells
 * its question when it is time to do something else. Confined to the question's home loop.
 */
final class Attempt extends Timeouts.Timeout implements ReplyHandler {

  /** An attempt counts as overdue later the more were sent, up to this many doublings. */
  private static final int MAX_DOUBLINGS = 3;

  private static final long NEVER = Long.MAX_VALUE;

  private final InFlightQuestion question;
  private final Questioner questioner;
  private final Learner learner;
  private final int index;
  private final Upstream upstream;
  private final boolean stream;
  private final boolean hedge;
  private final long sentAtNanos;

  /** Time from sending until another upstream may be asked too. */
  private long hedgeNanos;

  /** Time from sending until the question may be repeated; doubles the more it was. */
  private final long overdueNanos;

  private long nextOverdueNanos;

  /** Time from sending until it counts as late; repetitions of one question do not. */
  private long lateNanos;

  private Exchange.@Nullable Sent sent;

  /** The attempt of the same question before this one. */
  private @Nullable Attempt previous;

  private boolean open = true;

  /**
   * @param index of the upstream in the question's route
   * @param hedge whether another upstream was asked before and is still expected to answer
   * @param earlier how many messages were sent for the question before
   */
  Attempt(
      InFlightQuestion question,
      Questioner questioner,
      Learner learner,
      int index,
      boolean stream,
      boolean hedge,
      int earlier,
      long sentAtNanos) {
    this.question = question;
    this.questioner = questioner;
    this.learner = learner;
    this.index = index;
    this.upstream = question.route().upstreams().get(index);
    this.stream = stream;
    this.hedge = hedge;
    this.sentAtNanos = sentAtNanos;
    Health health = upstream.health(stream);
    int upstreams = question.route().upstreams().size();
    int doublings = Math.min(earlier, MAX_DOUBLINGS);
    this.hedgeNanos = upstreams == 1 ? NEVER : health.hedgeNanos();
    this.overdueNanos = Math.max(health.timeoutNanos() << doublings, health.hedgeNanos());
    this.nextOverdueNanos = overdueNanos;
    this.lateNanos = earlier < upstreams ? health.lateNanos() : NEVER;
  }

  int index() {
    return index;
  }

  Upstream upstream() {
    return upstream;
  }

  boolean stream() {
    return stream;
  }

  /** Whether another upstream was asked before and is still expected to answer. */
  boolean isHedge() {
    return hedge;
  }

  long sentAtNanos() {
    return sentAtNanos;
  }

  /** The message is on its way, after that of {@code earlierAttempt}. */
  void sent(Exchange.Sent message, @Nullable Attempt earlierAttempt) {
    sent = message;
    previous = earlierAttempt;
  }

  /** The attempt of the same question before this one, or null. */
  @Nullable Attempt previous() {
    return previous;
  }

  /** Takes the message back: nobody waits for the reply. */
  void withdraw() {
    if (open && sent != null) {
      close();
      sent.withdraw();
    }
  }

  /** Does something about it when the reply takes long. */
  void watch(long nowNanos) {
    if (open) {
      long nextNanos = Math.min(hedgeNanos, Math.min(nextOverdueNanos, lateNanos));
      questioner.startTime(this, nowNanos, Math.max(0, sentAtNanos + nextNanos - nowNanos));
    }
  }

  @Override
  protected void timedOut() {
    if (!open) {
      return;
    }
    long nowNanos = questioner.nowNanos();
    long waitedNanos = nowNanos - sentAtNanos;
    if (waitedNanos >= hedgeNanos) {
      hedgeNanos = NEVER;
      question.hedge(this);
    }
    if (waitedNanos >= nextOverdueNanos) {
      upstream.health(stream).overdue();
      nextOverdueNanos = question.repeat(this) ? NEVER : waitedNanos + overdueNanos;
    }
    if (waitedNanos >= lateNanos) {
      lateNanos = NEVER;
      upstream.health(stream).late();
    }
    watch(nowNanos);
  }

  private void close() {
    open = false;
    stopTime();
    question.closed();
  }

  @Override
  public boolean replied(byte[] message, int length, long nowNanos) {
    ReplyKind kind = learner.read(question.key(), message, length);
    if (kind == ReplyKind.MALFORMED || (kind == ReplyKind.TRUNCATED && stream)) {
      questioner.count(Counter.UPSTREAM_MALFORMED);
      question.unreadable(this);
      return false;
    }
    if (!learner.isForNetworkOf(question.key())) {
      questioner.count(Counter.UPSTREAM_NEAR_MISS_SUBNET);
      return false;
    }
    close();
    long rttNanos = nowNanos - sentAtNanos;
    if (kind == ReplyKind.FAILURE) {
      questioner.count(
          learner.chainIsTooLong() ? Counter.LIMIT_CNAME_CHAIN : Counter.UPSTREAM_ERROR_REPLIES);
      upstream.health(stream).repliedError(rttNanos, nowNanos);
    } else if (kind == ReplyKind.TRUNCATED) {
      questioner.count(Counter.UPSTREAM_TRUNCATED);
    } else {
      if (learner.cutUnsolicited()) {
        questioner.count(Counter.UPSTREAM_UNSOLICITED);
      }
      upstream.replied(stream, rttNanos, nowNanos, question.question());
    }
    question.replied(this, kind, nowNanos);
    return true;
  }

  @Override
  public void failed(FailureKind kind, long nowNanos) {
    close();
    countFailure(kind);
    upstream.health(stream).failed(kind);
    if (stream && question.wasTruncated(this)) {
      upstream.health(/* stream= */ false).failed(kind); // a cut answer alone helps nobody
    }
    question.failed(this, kind, nowNanos);
  }

  /* The other kinds were counted where they were found. */
  private void countFailure(FailureKind kind) {
    switch (kind) {
      case TIMEOUT -> questioner.count(Counter.UPSTREAM_TIMEOUTS);
      case REFUSED_CONNECTION -> questioner.count(Counter.UPSTREAM_REFUSED_CONNECTIONS);
      case NETWORK_ERROR -> questioner.count(Counter.UPSTREAM_NETWORK_ERRORS);
      case NEAR_MISSES, OVERLOADED -> {}
    }
  }
}
