package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.hold.Holds;
import dev.holdfast.metrics.Counter;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.Health;
import dev.holdfast.upstream.ReplyHandler;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamChoice;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.ReplyKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One question while upstreams are asked: who waits, whom it went to, and how long it may take.
 * Ends once, with an answer or a failure. Confined to its home loop.
 */
final class InFlightQuestion {

  /** {@link #reportedRcode} before any upstream reported an error. */
  private static final int NONE = -1;

  /** A route that has not answered anything for this long is not asked the same again. */
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** An attempt counts as overdue later the more were sent, up to this many doublings. */
  private static final int MAX_DOUBLINGS = 3;

  private final CacheKey key;
  private final Route route;
  private final long startedAtNanos;
  private final boolean isProtected;
  private final Questioner questioner;
  private final Learner learner;
  private final InFlightTable table;
  private final List<Waiter> waiters = new ArrayList<>(1);
  private @Nullable CacheEntry stale;
  private @Nullable Future<?> clientTimeout;
  private @Nullable Future<?> deadline;

  /** A bit per upstream asked in this round. */
  private int tried;

  /** A bit per upstream that said at once that it will not help: not asked again. */
  private int exhausted;

  /** A bit per upstream that reported an error. */
  private int reported;

  private int reportedRcode = NONE;

  /** The extended errors of the last upstream that reported any; empty without. */
  private byte[] reportedErrors = {};

  /** What says that a proven name is gone, while others are asked whether it is true. */
  private @Nullable Absence disputed;

  private int sends;
  private int openAttempts;

  /** A bit per upstream whose answer was too large for a datagram. */
  private int truncated;

  private boolean clientTimeoutPassed;
  private boolean done;

  InFlightQuestion(
      CacheKey key,
      Route route,
      long startedAtNanos,
      boolean isProtected,
      Questioner questioner,
      Learner learner,
      InFlightTable table) {
    this.key = key;
    this.route = route;
    this.startedAtNanos = startedAtNanos;
    this.isProtected = isProtected;
    this.questioner = questioner;
    this.learner = learner;
    this.table = table;
  }

  /** Lets a client wait; {@code staleAnswer} is what it gets if upstreams take too long. */
  void addWaiter(Waiter waiter, @Nullable CacheEntry staleAnswer, long nowNanos) {
    waiters.add(waiter);
    if (stale == null && staleAnswer != null) {
      stale = staleAnswer;
      long dueNanos = startedAtNanos + questioner.clientTimeoutNanos(route);
      clientTimeout = questioner.schedule(this::serveStale, Math.max(0, dueNanos - nowNanos));
    }
  }

  /** Sends the question to its first upstream. */
  void ask(long nowNanos) {
    deadline = questioner.schedule(this::deadlinePassed, questioner.answerDeadlineNanos());
    askNext(nowNanos);
  }

  private void serveStale() {
    clientTimeoutPassed = true;
    CacheEntry answer = stale;
    if (answer != null) {
      waiters.forEach(waiter -> waiter.origin().answerStale(waiter, answer));
      waiters.clear();
    }
  }

  private void deadlinePassed() {
    if (!done) {
      fail(questioner.nowNanos());
    }
  }

  /*
   * Every upstream once; then, as long as it is worth it, those again that kept silent. Attempts stay
   * open while others follow: a slow answer is still an answer.
   */
  private void askNext(long nowNanos) {
    List<Upstream> upstreams = route.upstreams();
    int index =
        sends == 0 && learner.isGone(key)
            ? questioner.chooseAny(upstreams) // whichever has the name again
            : questioner.choose(upstreams, tried);
    if (index == UpstreamChoice.NONE && openAttempts > 0) {
      return;
    }
    if (index == UpstreamChoice.NONE && disputed == null && !route.isDown()) {
      tried = exhausted;
      index = questioner.choose(upstreams, tried);
    }
    if (index == UpstreamChoice.NONE) {
      fail(nowNanos);
      return;
    }
    send(index, upstreams.get(index).prefersStream(), /* hedge= */ false, nowNanos);
  }

  private void send(int index, boolean stream, boolean hedge, long nowNanos) {
    long leftNanos = startedAtNanos + questioner.answerDeadlineNanos() - nowNanos;
    if (leftNanos <= 0 || sends == questioner.maxSends()) {
      if (openAttempts == 0) {
        fail(nowNanos);
      }
      return;
    }
    sends++;
    tried |= 1 << index;
    openAttempts++;
    Attempt attempt = new Attempt(index, stream, hedge, nowNanos);
    long timeoutNanos = Math.min(Health.MAX_TIMEOUT_NANOS, leftNanos);
    questioner.send(key, route.upstreams().get(index), stream, timeoutNanos, attempt);
    attempt.watch();
  }

  /* Asks another upstream while this one is slow: as a hedge within a budget, or because it is sick. */
  private void hedge(Upstream slow, long nowNanos) {
    int index = questioner.chooseHealthy(route.upstreams(), tried);
    if (index == UpstreamChoice.NONE || !questioner.mayHedge(slow)) {
      return;
    }
    questioner.count(Counter.HEDGES_SENT);
    route.upstreams().get(index).count(Upstream.Event.HEDGE);
    send(index, route.upstreams().get(index).prefersStream(), /* hedge= */ true, nowNanos);
  }

  /* With a stale answer at hand nobody is asked again who, like all others, has fallen silent. */
  private void repeat(long nowNanos) {
    boolean hopeless = stale != null && !route.wasHeardSince(nowNanos - SILENCE_NANOS);
    if (!hopeless && !route.isDown()) {
      int index = questioner.choose(route.upstreams(), tried);
      tried = index == UpstreamChoice.NONE ? exhausted : tried;
      askNext(nowNanos);
    }
  }

  /** One message to one upstream. */
  private final class Attempt implements ReplyHandler {

    private final int index;
    private final Upstream upstream;
    private final boolean stream;
    private final boolean hedge;
    private final long sentAtNanos;
    private @Nullable Future<?> hedgeTimer;
    private @Nullable Future<?> overdueTimer;
    private boolean open = true;

    Attempt(int index, boolean stream, boolean hedge, long sentAtNanos) {
      this.index = index;
      this.upstream = route.upstreams().get(index);
      this.stream = stream;
      this.hedge = hedge;
      this.sentAtNanos = sentAtNanos;
    }

    /** Does something about it when the reply takes long. */
    void watch() {
      Health health = upstream.health(stream);
      long hedgeNanos = health.hedgeNanos();
      long overdueNanos = health.timeoutNanos() << Math.min(sends - 1, MAX_DOUBLINGS);
      if (route.upstreams().size() > 1) {
        hedgeTimer = questioner.schedule(this::hedgeDue, hedgeNanos);
      }
      overdueTimer = questioner.schedule(this::overdue, Math.max(overdueNanos, hedgeNanos));
    }

    private void hedgeDue() {
      if (open && !done) {
        hedge(upstream, questioner.nowNanos());
      }
    }

    private void overdue() {
      if (open) {
        upstream.health(stream).overdue();
        if (!done) {
          repeat(questioner.nowNanos());
        }
      }
    }

    private void close() {
      open = false;
      openAttempts--;
      cancel(hedgeTimer);
      cancel(overdueTimer);
    }

    @Override
    public boolean replied(byte[] message, int length, long nowNanos) {
      ReplyKind kind = learner.read(message, length, key.dnssecOk());
      if (kind == ReplyKind.MALFORMED || (kind == ReplyKind.TRUNCATED && stream)) {
        questioner.count(Counter.UPSTREAM_MALFORMED);
        return false;
      }
      close();
      long rttNanos = nowNanos - sentAtNanos;
      if (kind == ReplyKind.FAILURE) {
        questioner.count(Counter.UPSTREAM_ERROR_REPLIES);
        upstream.health(stream).repliedError(rttNanos, nowNanos);
      } else if (kind != ReplyKind.TRUNCATED) {
        upstream.replied(stream, rttNanos, nowNanos, key.question());
      }
      if (!done) {
        take(kind, nowNanos);
      }
      return true;
    }

    private void take(ReplyKind kind, long nowNanos) {
      switch (kind) {
        case TRUNCATED -> {
          questioner.count(Counter.UPSTREAM_TRUNCATED);
          truncated |= 1 << index;
          send(index, /* stream= */ true, hedge, nowNanos);
        }
        case FAILURE -> {
          noteReported(index, learner.rcode(), learner.extendedErrors());
          askNext(nowNanos);
        }
        case POSITIVE -> {
          if (hedge) {
            questioner.count(Counter.HEDGES_WON);
            upstream.count(Upstream.Event.HEDGE_WON);
          }
          answer(learner.positive(key, nowNanos));
        }
        default -> absent(index, kind, nowNanos);
      }
    }

    @Override
    public void failed(FailureKind kind, long nowNanos) {
      close();
      countFailure(kind);
      upstream.health(stream).failed(kind);
      if (stream && (truncated >>> index & 1) != 0) {
        upstream.health(/* stream= */ false).failed(kind); // a cut answer alone helps nobody
      }
      if (done) {
        return;
      }
      if (kind != FailureKind.TIMEOUT && kind != FailureKind.NEAR_MISSES) {
        exhausted |= 1 << index;
      }
      if (kind == FailureKind.NEAR_MISSES && !stream) {
        send(index, /* stream= */ true, hedge, nowNanos);
      } else {
        askNext(nowNanos);
      }
    }
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

  /* Extended rcodes are between this server and its upstream (RFC 6891 §6.1.3). */
  private void noteReported(int index, int rcode, byte[] extendedErrors) {
    exhausted |= 1 << index;
    reported |= 1 << index;
    boolean differs = reportedRcode != NONE && reportedRcode != rcode;
    boolean passedOn = !differs && rcode != Rcode.NOERROR && rcode <= Header.RCODE_MASK;
    reportedRcode = passedOn ? rcode : Rcode.SERVFAIL;
    if (extendedErrors.length > 0) {
      reportedErrors = extendedErrors;
    }
  }

  /* That a proven name is gone is believed when every upstream was asked, or when one means it. */
  private void absent(int index, ReplyKind kind, long nowNanos) {
    Absence absence = learner.absence(kind);
    if (!learner.isProven(key, nowNanos)) {
      answer(learner.negative(key, absence, nowNanos));
      return;
    }
    if (Holds.isIntended(absence.answer()) || learner.isGone(key)) {
      answer(learner.judge(key, absence, nowNanos));
      return;
    }
    if (disputed == null) {
      questioner.count(Counter.ANSWERS_DISPUTED);
      disputed = absence;
    }
    exhausted |= 1 << index;
    askNext(nowNanos);
  }

  private void answer(CacheEntry entry) {
    if (disputed != null && entry.kind() == ReplyKind.POSITIVE && !entry.isHeld()) {
      questioner.count(Counter.UPSTREAMS_DISAGREE);
    }
    end();
    waiters.forEach(waiter -> waiter.origin().answer(waiter, entry));
  }

  /* A failure is told, remembered for a moment, and never touches what the cache holds. */
  private void fail(long nowNanos) {
    Absence absence = disputed;
    if (absence != null) {
      answer(learner.judge(key, absence, nowNanos));
      return;
    }
    boolean allReported = Integer.bitCount(reported) == route.upstreams().size();
    int rcode = allReported ? reportedRcode : Rcode.SERVFAIL;
    learner.failure(key, rcode, nowNanos);
    byte[] errors = reportedErrors.length > 0 ? reportedErrors : Notices.ERROR_REPLIES;
    endWithFailure(rcode, allReported ? errors : Notices.UNREACHABLE);
  }

  /** Ends the question to make room for another one. */
  void giveUp() {
    endWithFailure(Rcode.SERVFAIL, Notices.OVERLOADED);
  }

  private void endWithFailure(int rcode, byte[] notice) {
    end();
    CacheEntry answer = stale;
    for (Waiter waiter : waiters) {
      if (answer != null) {
        waiter.origin().answerStale(waiter, answer);
      } else {
        waiter.origin().fail(waiter, rcode, notice);
      }
    }
  }

  private void end() {
    done = true;
    cancel(deadline);
    cancel(clientTimeout);
    table.remove(this);
  }

  private static void cancel(@Nullable Future<?> timer) {
    if (timer != null) {
      timer.cancel(/* mayInterruptIfRunning= */ false);
    }
  }

  CacheKey key() {
    return key;
  }

  long startedAtNanos() {
    return startedAtNanos;
  }

  /** Whether it keeps its place when the table is full. */
  boolean isProtected() {
    return isProtected;
  }

  int waiterCount() {
    return waiters.size();
  }

  /** Whether clients that have a stale answer need not wait any more. */
  boolean clientTimeoutPassed() {
    return clientTimeoutPassed;
  }
}
