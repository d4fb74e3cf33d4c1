package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.hold.Holds;
import dev.holdfast.metrics.Counter;
import dev.holdfast.policy.Rule;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.Health;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamChoice;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.ReplyKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One question while upstreams are asked: whom it goes to next, and what their replies make of it.
 * Ends once, with an answer or a failure. Confined to its home loop.
 */
final class InFlightQuestion {

  private final CacheKey key;
  private final Route route;
  private final int client;
  private final long startedAtNanos;
  private final Questioner questioner;
  private final Learner learner;
  private final InFlightTable table;
  private final Waiters waiters;
  private final Roster roster;

  /** What says that a proven name is gone, while others are asked whether it is true. */
  private @Nullable Absence disputed;

  private @Nullable Attempt lastAttempt;
  private int sends;
  private int openAttempts;

  /** Whether the last upstream chosen was not even asked, for want of room. */
  private boolean overloaded;

  private boolean done;

  /**
   * @param client who asked first: a slot of {@link WaiterQuota} or {@link Places#NO_CLIENT}
   */
  InFlightQuestion(
      CacheKey key,
      Route route,
      int client,
      long startedAtNanos,
      Questioner questioner,
      Learner learner,
      InFlightTable table) {
    this.key = key;
    this.route = route;
    this.client = client;
    this.startedAtNanos = startedAtNanos;
    this.questioner = questioner;
    this.learner = learner;
    this.table = table;
    this.waiters = new Waiters(questioner, route, startedAtNanos);
    this.roster = new Roster(route.upstreams().size());
  }

  /** Sends the question to its first upstream. */
  void ask(long nowNanos) {
    askNext(nowNanos);
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
            : questioner.choose(upstreams, roster.tried());
    if (index == UpstreamChoice.NONE && openAttempts > 0) {
      return;
    }
    if (index == UpstreamChoice.NONE && disputed == null && !route.isDown()) {
      roster.startRound();
      index = questioner.choose(upstreams, roster.tried());
    }
    if (index == UpstreamChoice.NONE) {
      fail(nowNanos);
      return;
    }
    send(index, upstreams.get(index).prefersStream(), /* hedge= */ false, nowNanos);
  }

  /* No attempt may take longer than the question: when the last of them is over, so is the time. */
  private void send(int index, boolean stream, boolean hedge, long nowNanos) {
    long leftNanos = startedAtNanos + questioner.answerDeadlineNanos() - nowNanos;
    if (leftNanos <= 0 || sends == questioner.maxSends()) {
      if (leftNanos > 0) {
        questioner.count(Counter.LIMIT_SENDS);
      }
      if (openAttempts == 0) {
        fail(nowNanos);
      }
      return;
    }
    Attempt attempt = new Attempt(this, questioner, learner, index, stream, hedge, sends, nowNanos);
    sends++;
    roster.asked(index);
    openAttempts++;
    long timeoutNanos = Math.min(Health.MAX_TIMEOUT_NANOS, leftNanos);
    attempt.sent(
        questioner.send(key, attempt.upstream(), stream, timeoutNanos, attempt), lastAttempt);
    lastAttempt = attempt;
    attempt.watch();
  }

  /** Asks another upstream while one is slow: as a hedge within a budget, or because it is sick. */
  void hedge(Attempt slow) {
    if (done) {
      return;
    }
    int index = questioner.chooseHealthy(route.upstreams(), roster.tried());
    if (index == UpstreamChoice.NONE || !questioner.mayHedge(slow.upstream())) {
      return;
    }
    questioner.count(Counter.HEDGES_SENT);
    Upstream other = route.upstreams().get(index);
    other.count(Upstream.Event.HEDGE);
    send(index, other.prefersStream(), /* hedge= */ true, questioner.nowNanos());
  }

  /**
   * Asks once more because an attempt is overdue. Unless somebody waits without a stale answer at
   * hand, that has time until some upstream shows that it lives: all may have fallen silent.
   *
   * @return false to be asked again later
   */
  boolean repeat(Attempt overdue) {
    if (done) {
      return true;
    }
    if (route.isDown() || (!waiters.areInNeed() && !route.wasHeardSince(overdue.sentAtNanos()))) {
      return false;
    }
    if (!table.mayRepeat(this)) {
      return false;
    }
    if (questioner.choose(route.upstreams(), roster.tried()) == UpstreamChoice.NONE) {
      roster.startRound();
    }
    askNext(questioner.nowNanos());
    return true;
  }

  /** A reply came that can be read. */
  void replied(Attempt attempt, ReplyKind kind, long nowNanos) {
    if (done) {
      return;
    }
    switch (kind) {
      case TRUNCATED -> {
        roster.truncated(attempt.index());
        send(attempt.index(), /* stream= */ true, attempt.isHedge(), nowNanos);
      }
      case FAILURE -> {
        roster.reported(attempt.index(), learner.rcode(), learner.extendedErrors());
        askNext(nowNanos);
      }
      default -> answered(attempt, kind, nowNanos);
    }
  }

  private void answered(Attempt attempt, ReplyKind kind, long nowNanos) {
    Rule rule = learner.rule(key);
    if (rule != null) {
      CacheEntry reply = learner.ruled(key, kind, rule, nowNanos);
      end();
      waiters.rule(rule, reply);
    } else if (kind == ReplyKind.POSITIVE) {
      if (attempt.isHedge()) {
        questioner.count(Counter.HEDGES_WON);
        attempt.upstream().count(Upstream.Event.HEDGE_WON);
      }
      answer(learner.positive(key, nowNanos));
    } else {
      absent(attempt.index(), kind, nowNanos);
    }
  }

  /** No reply will come. */
  void failed(Attempt attempt, FailureKind kind, long nowNanos) {
    if (done) {
      return;
    }
    overloaded = kind == FailureKind.OVERLOADED;
    switch (kind) {
      case TIMEOUT -> askNext(nowNanos);
      case NEAR_MISSES -> {
        if (attempt.stream()) {
          askNext(nowNanos);
        } else {
          send(attempt.index(), /* stream= */ true, attempt.isHedge(), nowNanos);
        }
      }
      case REFUSED_CONNECTION, NETWORK_ERROR, OVERLOADED -> {
        roster.willNotHelp(attempt.index());
        askNext(nowNanos);
      }
    }
  }

  /** An attempt has ended. */
  void closed() {
    openAttempts--;
  }

  boolean wasTruncated(Attempt attempt) {
    return roster.wasTruncated(attempt.index());
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
    roster.willNotHelp(index);
    askNext(nowNanos);
  }

  private void answer(CacheEntry entry) {
    if (disputed != null && entry.kind() == ReplyKind.POSITIVE && !entry.isHeld()) {
      questioner.count(Counter.UPSTREAMS_DISAGREE);
    }
    end();
    waiters.answer(entry);
  }

  /* A failure is told, remembered for a moment, and never touches what the cache holds. */
  private void fail(long nowNanos) {
    Absence absence = disputed;
    if (absence != null) {
      answer(learner.judge(key, absence, nowNanos));
      return;
    }
    if (overloaded) {
      giveUp();
      return;
    }
    learner.failure(key, roster.rcode(), nowNanos);
    end();
    waiters.fail(roster.rcode(), roster.notice());
  }

  /** Ends the question to make room for another one. */
  void giveWay() {
    questioner.count(Counter.LIMIT_IN_FLIGHT_REPLACED);
    giveUp();
    for (Attempt each = lastAttempt; each != null; each = each.previous()) {
      each.withdraw();
    }
  }

  /* For want of room, which says nothing about the question. */
  private void giveUp() {
    end();
    waiters.fail(Rcode.SERVFAIL, Notices.OVERLOADED);
  }

  private void end() {
    done = true;
    waiters.stopWaiting();
    table.remove(this);
  }

  CacheKey key() {
    return key;
  }

  Route route() {
    return route;
  }

  Waiters waiters() {
    return waiters;
  }

  long startedAtNanos() {
    return startedAtNanos;
  }

  /** Who asked first: a slot of {@link WaiterQuota} or {@link Places#NO_CLIENT}. */
  int client() {
    return client;
  }
}
