package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.FailureMemory.Failure;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.upstream.Route;
import dev.holdfast.wire.Rcode;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The questions that are in flight on their home loop, each once, with the clients that wait for
 * them. Confined to that loop.
 */
final class InFlightTable {

  /*
   * When the table is full, a question older than this gives way to a new one. Half of the places
   * belong to questions that never give way, so that a flood cannot keep slow names from ever being
   * answered.
   */
  private static final long REPLACEABLE_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Resolvers resolvers;
  private final Questioner questioner;
  private final Learner learner;
  private final LoopCounters counters;
  private final Map<CacheKey, InFlightQuestion> questions = new HashMap<>();

  /** Those that may have to give way, the oldest first. */
  private final LinkedHashSet<InFlightQuestion> replaceable = new LinkedHashSet<>();

  private int capacity;
  private int waitersPerQuestion;
  private int pendingPerUpstream;
  private int protectedQuestions;
  private volatile int size;

  InFlightTable(Resolvers resolvers, Questioner questioner, LoopCounters counters) {
    this.resolvers = resolvers;
    this.questioner = questioner;
    this.learner = new Learner(resolvers, counters);
    this.counters = counters;
    limitTo(resolvers.config().limits());
  }

  /** Goes on with another configuration; questions in flight stay. */
  void use(Resolvers.Config config) {
    limitTo(config.limits());
    questioner.use(config);
    learner.use(config);
  }

  private void limitTo(LimitsConfig limits) {
    capacity = Math.max(1, limits.inFlight() / resolvers.loopCount());
    waitersPerQuestion = limits.waitersPerQuestion();
    pendingPerUpstream = limits.inFlightPerUpstream();
  }

  /**
   * Lets a client wait for its question, and asks it unless it is in flight already.
   *
   * @param stale what the client gets when upstreams fail or take too long
   */
  void join(Waiter waiter, @Nullable CacheEntry stale) {
    long nowNanos = resolvers.nowNanos();
    CacheKey key = waiter.key();
    InFlightQuestion question = questions.get(key);
    if (question != null) {
      joinQuestion(question, waiter, stale, nowNanos);
      return;
    }
    CacheEntry entry = resolvers.cache().lookup(key);
    if (entry != null && entry.isFresh(nowNanos)) {
      waiter.origin().answer(waiter, entry);
      return;
    }
    Failure failure = resolvers.failures().recall(key, nowNanos);
    if (failure != null) {
      fail(waiter, stale, failure.rcode(), Notices.REMEMBERED);
      return;
    }
    if (waiter.route().isFull(pendingPerUpstream)) {
      counters.increment(Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM);
      fail(waiter, stale, Rcode.SERVFAIL, Notices.OVERLOADED);
      return;
    }
    question = start(key, waiter.route(), nowNanos);
    if (question == null) {
      counters.increment(Counter.LIMIT_IN_FLIGHT);
      fail(waiter, stale, Rcode.SERVFAIL, Notices.OVERLOADED);
      return;
    }
    question.waiters().add(waiter, stale, nowNanos);
    question.ask(nowNanos);
  }

  private void joinQuestion(
      InFlightQuestion question, Waiter waiter, @Nullable CacheEntry stale, long nowNanos) {
    if (stale != null && question.waiters().timeoutPassed()) {
      waiter.origin().answerStale(waiter, stale);
    } else if (question.waiters().count() >= waitersPerQuestion) {
      counters.increment(Counter.LIMIT_WAITERS_PER_QUESTION);
      fail(waiter, stale, Rcode.SERVFAIL, Notices.OVERLOADED);
    } else {
      counters.increment(Counter.QUESTIONS_JOINED);
      question.waiters().add(waiter, stale, nowNanos);
    }
  }

  /**
   * Whether there is no room to ask a question that is not in flight already; counts what is in the
   * way. Costs no more than a look at the table, so that a flood does not either.
   *
   * @param question may be a probe
   */
  boolean turnsAway(CacheKey question, Route route, long nowNanos) {
    boolean upstreamsFull = route.isFull(pendingPerUpstream);
    if ((!upstreamsFull && hasRoom(nowNanos)) || questions.containsKey(question)) {
      return false;
    }
    counters.increment(
        upstreamsFull ? Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM : Counter.LIMIT_IN_FLIGHT);
    return true;
  }

  private static void fail(Waiter waiter, @Nullable CacheEntry stale, int rcode, byte[] notice) {
    if (stale != null) {
      waiter.origin().answerStale(waiter, stale);
    } else {
      waiter.origin().fail(waiter, rcode, notice);
    }
  }

  /** Asks a question that no client waits for, unless it is in flight or failed lately. */
  void refresh(CacheKey key, Route route) {
    long nowNanos = resolvers.nowNanos();
    CacheEntry entry = resolvers.cache().lookup(key);
    boolean current = entry != null && entry.isFresh(nowNanos) && !entry.isPrefetched();
    if (current
        || questions.containsKey(key)
        || resolvers.failures().recall(key, nowNanos) != null) {
      return;
    }
    InFlightQuestion question = start(key, route, nowNanos);
    if (question == null) {
      counters.increment(Counter.LIMIT_IN_FLIGHT);
    } else {
      question.ask(nowNanos);
    }
  }

  private @Nullable InFlightQuestion start(CacheKey key, Route route, long nowNanos) {
    if (!hasRoom(nowNanos)) {
      return null;
    }
    if (questions.size() >= capacity) {
      counters.increment(Counter.LIMIT_IN_FLIGHT_REPLACED);
      replaceable.getFirst().giveUp();
    }
    boolean isProtected = protectedQuestions < capacity / 2;
    InFlightQuestion question =
        new InFlightQuestion(key, route, nowNanos, isProtected, questioner, learner, this);
    questions.put(key, question);
    size = questions.size();
    if (isProtected) {
      protectedQuestions++;
    } else {
      replaceable.add(question);
    }
    return question;
  }

  private boolean hasRoom(long nowNanos) {
    return questions.size() < capacity
        || (!replaceable.isEmpty()
            && nowNanos - replaceable.getFirst().startedAtNanos() >= REPLACEABLE_AFTER_NANOS);
  }

  /** Takes a question out that has ended. */
  void remove(InFlightQuestion question) {
    questions.remove(question.key());
    replaceable.remove(question);
    size = questions.size();
    if (question.isProtected()) {
      protectedQuestions--;
    }
  }

  /** Number of questions in flight on this loop; readable by any thread. */
  int size() {
    return size;
  }
}
