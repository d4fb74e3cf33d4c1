package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.policy.Rule;
import dev.holdfast.upstream.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The clients that wait for one question, and the stale answer that they get when upstreams fail or
 * take too long. Confined to the question's home loop.
 */
final class Waiters {

  private final Questioner questioner;
  private final Route route;
  private final long sinceNanos;
  private final List<Waiter> waiting = new ArrayList<>(1);
  private @Nullable CacheEntry stale;
  private @Nullable Future<?> nextLook;
  private boolean timeoutPassed;

  /**
   * @param sinceNanos when the first of them began to wait
   */
  Waiters(Questioner questioner, Route route, long sinceNanos) {
    this.questioner = questioner;
    this.route = route;
    this.sinceNanos = sinceNanos;
  }

  /** Lets a client wait; {@code staleAnswer} is what it gets if upstreams take too long. */
  void add(Waiter waiter, @Nullable CacheEntry staleAnswer, long nowNanos) {
    waiting.add(waiter);
    if (stale == null && staleAnswer != null) {
      stale = staleAnswer;
      look(nowNanos);
    }
  }

  /* What is known of the upstreams changes while clients wait, and with it how long they should. */
  private void look(long nowNanos) {
    long leftNanos = sinceNanos + questioner.clientTimeoutNanos(route) - nowNanos;
    if (leftNanos > 0) {
      long pauseNanos = Math.min(leftNanos, Questioner.SHORT_CLIENT_TIMEOUT_NANOS);
      nextLook = questioner.schedule(() -> look(questioner.nowNanos()), pauseNanos);
    } else {
      serveStale();
    }
  }

  private void serveStale() {
    timeoutPassed = true;
    CacheEntry answer = stale;
    if (answer != null) {
      waiting.forEach(waiter -> waiter.origin().answerStale(waiter, answer));
      waiting.clear();
    }
  }

  /** Whether the very same datagram waits: its client has sent it again. */
  boolean includeDuplicateOf(Waiter waiter) {
    for (int i = 0; i < waiting.size(); i++) {
      if (waiting.get(i).isRepeatedBy(waiter)) {
        return true;
      }
    }
    return false;
  }

  /** Whether somebody waits, and there is nothing to tell them when upstreams fail. */
  boolean areInNeed() {
    return stale == null && !waiting.isEmpty();
  }

  /** Whether those that have a stale answer need not wait any more. */
  boolean timeoutPassed() {
    return timeoutPassed;
  }

  int count() {
    return waiting.size();
  }

  /** Nobody is served a stale answer for its waiting any more. */
  void stopWaiting() {
    Questioner.cancel(nextLook);
  }

  void answer(CacheEntry entry) {
    waiting.forEach(waiter -> waiter.origin().answer(waiter, entry));
  }

  /** Gives them what the operator's rules make of a reply. */
  void rule(Rule rule, CacheEntry reply) {
    waiting.forEach(waiter -> waiter.origin().rule(waiter, rule, reply));
  }

  /** Gives them the stale answer, or without one a failure. */
  void fail(int rcode, byte[] notice) {
    CacheEntry answer = stale;
    for (Waiter waiter : waiting) {
      if (answer != null) {
        waiter.origin().answerStale(waiter, answer);
      } else {
        waiter.origin().fail(waiter, rcode, notice);
      }
    }
  }
}
