package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.Rule;
import dev.holdfast.upstream.Route;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The queries of one event loop that have to wait, and the responses that they get in the end. Who
 * is waited for calls from any loop; the rest is confined to its own.
 */
final class LateResponses implements Asker {

  /**
   * Responses that were waited for longer could have been collected for a victim, to be sent to it
   * all at once (DNSBomb, CVE-2024-33655).
   */
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Resolvers resolvers;
  private final Executor loop;
  private final LoopCounters counters;
  private final Responses responses;
  private final StaleRefreshes staleRefreshes;
  private final RuleWalk ruleWalk;
  private final WaiterQuota quota;
  private final AtomicInteger waiting = new AtomicInteger();
  private final byte[] response = new byte[Resolver.MAX_RESPONSE_LENGTH];

  /** The walk of a query that a rule is for, from there on. */
  interface RuleWalk {

    /** Returns what {@link Resolver#resolve} does, or {@link LocalRules#NO_RULE}. */
    int walk(Rule rule, Client client, long nowNanos);
  }

  LateResponses(
      Resolvers resolvers,
      Executor loop,
      LoopCounters counters,
      Responses responses,
      StaleRefreshes staleRefreshes,
      RuleWalk ruleWalk) {
    this.resolvers = resolvers;
    this.loop = loop;
    this.counters = counters;
    this.responses = responses;
    this.staleRefreshes = staleRefreshes;
    this.ruleWalk = ruleWalk;
    this.quota = resolvers.quota();
  }

  /** Returns where a client's waiting queries are counted. */
  int slot(Client client) {
    return quota.slot(client.addressHigh(), client.addressLow());
  }

  /** Takes a place to wait in, if the clients of the slot may have one more. */
  boolean takePlace(int slot) {
    if (!quota.take(slot)) {
      counters.increment(Counter.LIMIT_WAITERS_PER_CLIENT);
      return false;
    }
    waiting.incrementAndGet();
    return true;
  }

  private void giveBackPlace(Waiter waiter) {
    waiting.decrementAndGet();
    quota.giveBack(waiter.quotaSlot());
  }

  /**
   * Returns the query at hand as one that has a place and waits for the answer to {@code key}.
   *
   * @param here whether it waits for a question of this loop
   */
  Waiter waiter(CacheKey key, Route route, Client client, int slot, boolean here, long nowNanos) {
    return new Waiter(
        this,
        key,
        responses.alias(),
        route,
        responses.query().copy(),
        client.stream(),
        client.addressHigh(),
        client.addressLow(),
        client.port(),
        nowNanos,
        slot,
        here,
        client.detach());
  }

  /*
   * Most that wait do so for a question of their own loop, whose answer comes while no query is at
   * hand: they need no task. What a stream is sent may bring its next query in, which does.
   */
  @Override
  public void answer(Waiter waiter, CacheEntry entry) {
    if (waiter.here() && !waiter.stream()) {
      answerNow(waiter, entry);
    } else {
      loop.execute(() -> answerNow(waiter, entry));
    }
  }

  private void answerNow(Waiter waiter, CacheEntry entry) {
    responses.resume(waiter, response);
    responses.answerSubnet(waiter.route(), entry);
    long nowNanos = resolvers.nowNanos();
    int length = responses.fresh(entry, Counter.ANSWERS_UPSTREAM, nowNanos);
    send(waiter, length, nowNanos);
  }

  @Override
  public void answerStale(Waiter waiter, CacheEntry entry) {
    loop.execute(
        () -> {
          responses.resume(waiter, response);
          responses.answerSubnet(waiter.route(), entry);
          if (waiter.route().isDown()) {
            staleRefreshes.note(waiter.key(), waiter.route());
          }
          send(waiter, responses.stale(waiter.key(), entry), resolvers.nowNanos());
        });
  }

  @Override
  public void rule(Waiter waiter, Rule rule, CacheEntry reply) {
    loop.execute(
        () -> {
          responses.resume(waiter, response);
          long nowNanos = resolvers.nowNanos();
          int length = ruleWalk.walk(rule, waiter, nowNanos);
          if (length > 0) {
            send(waiter, length, nowNanos);
          } else if (length == LocalRules.NO_RULE) {
            answer(waiter, reply);
          } else {
            giveBackPlace(waiter); // is dropped, or waits once more
            if (length == Resolver.DROPPED && waiter.stream()) {
              waiter.path().reply(response, 0);
            }
          }
        });
  }

  @Override
  public void fail(Waiter waiter, int rcode, byte[] notice) {
    loop.execute(
        () -> {
          responses.resume(waiter, response);
          responses.answerSubnet(waiter.route(), /* entry= */ null);
          int length = responses.error(rcode, notice, Counter.ANSWERS_FAILURE);
          send(waiter, length, resolvers.nowNanos());
        });
  }

  @Override
  public void drop(Waiter waiter) {
    loop.execute(
        () -> {
          counters.increment(Counter.DROPPED_DUPLICATE);
          giveBackPlace(waiter);
        });
  }

  private void send(Waiter waiter, int wholeLength, long nowNanos) {
    giveBackPlace(waiter);
    int cut = cut(waiter, nowNanos);
    if (cut == Resolver.DROPPED) {
      return;
    }
    int length = cut == Responses.WHOLE ? wholeLength : cut;
    waiter.path().reply(response, length);
    counters.misses().record(nowNanos - waiter.arrivedAtNanos(), 1);
    responses.sent(length, waiter, waiter.arrivedAtNanos(), nowNanos);
  }

  private int cut(Waiter waiter, long nowNanos) {
    return waiter.stream() || nowNanos - waiter.arrivedAtNanos() <= LATE_NANOS
        ? Responses.WHOLE
        : responses.cut(
            resolvers.rateLimits().ofLateResponses(), responses.rcode(), waiter, nowNanos);
  }

  /** Number of queries that wait; readable by any thread. */
  int waiting() {
    return waiting.get();
  }
}
