package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.FailureMemory.Failure;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.upstream.Route;
import dev.holdfast.wire.Rcode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The questions that are in flight on their home loop, each once, with the clients that wait for
 * them. Confined to that loop.
 */
final class InFlightTable {

  /*
   * Each network that a question is in flight for is one more chance for whoever guesses ids and
   * ports (CVE-2025-5994).
   */
  private static final int MAX_NETWORKS = 16;

  private final Resolvers resolvers;
  private final Questioner questioner;
  private final Learner learner;
  private final Synthesizer synthesizer;
  private final LoopCounters counters;
  private final Map<CacheKey, InFlightQuestion> questions = new HashMap<>();
  private final Places places;

  /** How many networks each question is in flight for, of those that are of networks. */
  private final Map<CacheKey, Integer> networks = new HashMap<>();

  private int waitersPerQuestion;
  private volatile int size;

  InFlightTable(Resolvers resolvers, Questioner questioner, LoopCounters counters) {
    this.resolvers = resolvers;
    this.questioner = questioner;
    this.learner = new Learner(resolvers, counters);
    this.synthesizer = new Synthesizer(resolvers, learner, counters);
    this.counters = counters;
    this.places = new Places(resolvers.loopCount());
    use(resolvers.config());
  }

  /** Goes on with another configuration; questions in flight stay. */
  void use(Resolvers.Config config) {
    places.limitTo(config.limits());
    waitersPerQuestion = config.limits().waitersPerQuestion();
    questioner.use(config);
    learner.use(config);
  }

  /**
   * Lets a client wait for its question, which the cache was just found not to answer, and asks it
   * unless it is in flight already.
   *
   * @param stale what the client gets when upstreams fail or take too long
   */
  void join(Waiter waiter, @Nullable CacheEntry stale, long nowNanos) {
    InFlightQuestion question = questions.get(waiter.key());
    if (question != null) {
      joinQuestion(question, waiter, stale, nowNanos);
      return;
    }
    question = start(waiter.key(), waiter.route(), waiter.quotaSlot(), nowNanos);
    if (question == null) {
      fail(waiter, stale, Rcode.SERVFAIL, Notices.OVERLOADED);
      return;
    }
    question.waiters().add(waiter, stale, nowNanos);
    question.ask(nowNanos);
  }

  /** Does the same for a client of another loop, for which the last look is a moment ago. */
  void joinFromAfar(Waiter waiter, @Nullable CacheEntry stale) {
    long nowNanos = resolvers.nowNanos();
    if (questions.containsKey(waiter.key()) || !hasEnded(waiter, stale, nowNanos)) {
      join(waiter, stale, nowNanos);
    }
  }

  /* Whether the question was answered or failed since; then its client is told. */
  private boolean hasEnded(Waiter waiter, @Nullable CacheEntry stale, long nowNanos) {
    CacheEntry entry = resolvers.lookup(waiter.key(), nowNanos);
    if (entry != null && entry.isFresh(nowNanos)) {
      waiter.origin().answer(waiter, entry);
      return true;
    }
    Failure failure = resolvers.failures().recall(waiter.key(), nowNanos);
    if (failure != null) {
      fail(waiter, stale, failure.rcode(), Notices.REMEMBERED);
    }
    return failure != null;
  }

  private void joinQuestion(
      InFlightQuestion question, Waiter waiter, @Nullable CacheEntry stale, long nowNanos) {
    if (question.waiters().includeDuplicateOf(waiter)) {
      waiter.origin().drop(waiter);
    } else if (stale != null && question.waiters().timeoutPassed()) {
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
   * @param client a slot of {@link WaiterQuota}
   */
  boolean turnsAway(CacheKey question, Route route, int client, long nowNanos) {
    Counter refusal = places.refusal(route, client, nowNanos);
    if (refusal == null || questions.containsKey(question)) {
      return false;
    }
    counters.increment(refusal);
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
    CacheEntry entry = resolvers.lookup(key, nowNanos);
    boolean current = entry != null && entry.isFresh(nowNanos) && !entry.isPrefetched();
    if (current
        || questions.containsKey(key)
        || resolvers.failures().recall(key, nowNanos) != null) {
      return;
    }
    InFlightQuestion question = start(key, route, Places.NO_CLIENT, nowNanos);
    if (question != null) {
      question.ask(nowNanos);
    }
  }

  private @Nullable InFlightQuestion start(CacheKey key, Route route, int client, long nowNanos) {
    CacheKey ofAll = key.withoutSubnet();
    if (key.isOfSubnet() && networks.getOrDefault(ofAll, 0) >= MAX_NETWORKS) {
      counters.increment(Counter.LIMIT_SUBNETS_IN_FLIGHT);
      return null;
    }
    Counter refusal = places.refusal(route, client, nowNanos);
    if (refusal != null) {
      counters.increment(refusal);
      return null;
    }
    places.makeRoom(route, nowNanos);
    InFlightQuestion question =
        new InFlightQuestion(key, route, client, nowNanos, questioner, learner, synthesizer, this);
    questions.put(key, question);
    places.take(question);
    if (key.isOfSubnet()) {
      networks.merge(ofAll, 1, Integer::sum);
    }
    size = questions.size();
    return question;
  }

  /** Whether a question may be sent once more though no reply is missing for good. */
  boolean mayRepeat(InFlightQuestion question) {
    if (places.allowRepeat(question.route())) {
      return true;
    }
    counters.increment(Counter.LIMIT_REPEATS);
    return false;
  }

  /** Takes a question out that has ended. */
  void remove(InFlightQuestion question) {
    questions.remove(question.key());
    places.giveBack(question);
    if (question.key().isOfSubnet()) {
      networks.computeIfPresent(
          question.key().withoutSubnet(), (key, count) -> count == 1 ? null : count - 1);
    }
    size = questions.size();
  }

  /** Number of questions in flight on this loop; readable by any thread. */
  int size() {
    return size;
  }
}
