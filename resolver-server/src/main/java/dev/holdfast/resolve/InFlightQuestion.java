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
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.ReplyKind;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One question while upstreams are asked: whom it goes to next, and what their replies make of it.
 * Ends once, with an answer or a failure. Confined to its home loop.
 */
final class InFlightQuestion {

  private final CacheKey key;

  /** What the key says in wire form. */
  private final byte[] question;

  private final Route route;
  private final int client;
  private final long startedAtNanos;
  private final Questioner questioner;
  private final Learner learner;
  private final Synthesizer synthesizer;
  private final InFlightTable table;
  private final Waiters waiters;
  private final Roster roster;

  /** What says that a proven name is gone, while others are asked whether it is true. */
  private @Nullable Absence disputed;

  private @Nullable Attempt lastAttempt;
  private @Nullable Detour detour;

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
      Synthesizer synthesizer,
      InFlightTable table) {
    this.key = key;
    this.question = key.question();
    this.route = route;
    this.client = client;
    this.startedAtNanos = startedAtNanos;
    this.questioner = questioner;
    this.learner = learner;
    this.synthesizer = synthesizer;
    this.table = table;
    this.waiters = new Waiters(questioner, route, startedAtNanos);
    this.roster = new Roster(route.upstreams().size());
  }

  /** Sends the question to its first upstream, or asks the one that it is an alias of. */
  void ask(long nowNanos) {
    CacheKey aliased = synthesizer.aliasedQuestion(key);
    if (aliased == null) {
      askNext(nowNanos);
    } else {
      take(new Detour(aliased, UpstreamChoice.NONE, /* absence= */ null), nowNanos);
    }
  }

  /** Another question is asked, to make the answer of what it is answered. */
  private final class Detour implements Asker {

    private final CacheKey other;
    private final int index;
    private final @Nullable Absence absence;
    private final Future<?> timer;
    private boolean over;

    /**
     * @param index of the upstream that has no answer to the question itself
     * @param absence what it says, or null if all report errors
     */
    Detour(CacheKey other, int index, @Nullable Absence absence) {
      this.other = other;
      this.index = index;
      this.absence = absence;
      this.timer = questioner.schedule(this::tooLate, leftNanos(questioner.nowNanos()));
    }

    private void tooLate() {
      end(/* entry= */ null, Rcode.SERVFAIL, Notices.UNREACHABLE);
    }

    @Override
    public void answer(Waiter waiter, CacheEntry entry) {
      questioner.execute(() -> end(entry, Rcode.SERVFAIL, Notices.UNREACHABLE));
    }

    @Override
    public void answerStale(Waiter waiter, CacheEntry entry) {
      answer(waiter, entry);
    }

    /* What a rule is about is not to be reached by another address either. */
    @Override
    public void rule(Waiter waiter, Rule rule, CacheEntry reply) {
      Answer nothing = Answer.empty(Rcode.NOERROR, new byte[0]);
      answer(
          waiter,
          new CacheEntry(nothing, ReplyKind.NODATA, 0, /* staleNanos= */ 0, reply.storedAtNanos()));
    }

    /* Only datagrams are repeated. */
    @Override
    public void drop(Waiter waiter) {}

    @Override
    public void fail(Waiter waiter, int rcode, byte[] notice) {
      questioner.execute(() -> end(/* entry= */ null, rcode, notice));
    }

    /* Once, with whatever comes first. */
    private void end(@Nullable CacheEntry entry, int rcode, byte[] notice) {
      Questioner.cancel(timer);
      if (done || over) {
        return;
      }
      over = true;
      long nowNanos = questioner.nowNanos();
      if (entry == null) {
        failWith(rcode, notice, nowNanos);
        return;
      }
      CacheEntry made = synthesizer.learn(key, other, entry, absence, nowNanos);
      if (made != null) {
        InFlightQuestion.this.answer(made);
      } else if (absence != null) {
        absent(index, absence, nowNanos);
      } else {
        failNow(nowNanos);
      }
    }
  }

  private void take(Detour way, long nowNanos) {
    detour = way;
    synthesizer.ask(way.other, way, nowNanos);
  }

  /** Whether the answer to another question is awaited, and nobody else is asked meanwhile. */
  private boolean isOnDetour() {
    return detour != null && !detour.over;
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
    boolean stream = upstreams.get(index).prefersStream() || roster.claimStream(index);
    send(index, stream, /* hedge= */ false, nowNanos);
  }

  /* No attempt may take longer than the question: when the last of them is over, so is the time. */
  private void send(int index, boolean stream, boolean hedge, long nowNanos) {
    long leftNanos = leftNanos(nowNanos);
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
        questioner.send(key, question, attempt.upstream(), stream, timeoutNanos, attempt),
        lastAttempt);
    lastAttempt = attempt;
    attempt.watch(nowNanos);
  }

  private long leftNanos(long nowNanos) {
    return startedAtNanos + questioner.answerDeadlineNanos() - nowNanos;
  }

  /** Asks another upstream while one is slow: as a hedge within a budget, or because it is sick. */
  void hedge(Attempt slow) {
    if (done || isOnDetour()) {
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
    if (done || isOnDetour()) {
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
    if (done || (isOnDetour() && kind != ReplyKind.POSITIVE)) {
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

  /** What came cannot be read, and may be forged: the attempt goes on. */
  void unreadable(Attempt attempt) {
    if (!attempt.stream()) {
      roster.unreadable(attempt.index());
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
    if (done || isOnDetour()) {
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

  private void absent(int index, ReplyKind kind, long nowNanos) {
    Absence absence = learner.absence(kind);
    CacheKey other =
        kind == ReplyKind.NODATA && detour == null ? synthesizer.addressQuestion(key) : null;
    if (other == null) {
      absent(index, absence, nowNanos);
    } else {
      take(new Detour(other, index, absence), nowNanos);
    }
  }

  /* That a proven name is gone is believed when every upstream was asked, or when one means it. */
  private void absent(int index, Absence absence, long nowNanos) {
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

  /* Errors about IPv6 say nothing about IPv4 (RFC 6147 §5.1.2). */
  private void fail(long nowNanos) {
    CacheKey other =
        detour == null && disputed == null && roster.hasReports() && leftNanos(nowNanos) > 0
            ? synthesizer.addressQuestion(key)
            : null;
    if (other == null) {
      failNow(nowNanos);
    } else {
      take(new Detour(other, UpstreamChoice.NONE, /* absence= */ null), nowNanos);
    }
  }

  private void failNow(long nowNanos) {
    Absence absence = disputed;
    if (absence != null) {
      answer(learner.judge(key, absence, nowNanos));
      return;
    }
    if (overloaded) {
      giveUp();
      return;
    }
    failWith(roster.rcode(), roster.notice(), nowNanos);
  }

  /* A failure is told, remembered for a moment, and never touches what the cache holds. */
  private void failWith(int rcode, byte[] notice, long nowNanos) {
    learner.failure(key, rcode, nowNanos);
    end();
    waiters.fail(rcode, notice);
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

  /** Name, type and class in wire form. */
  byte[] question() {
    return question;
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
