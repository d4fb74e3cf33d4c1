package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.policy.Rule;

/**
 * Who lets a {@link Waiter} wait: {@link LateResponses} for a client, or another question. Called
 * on the home loop of the question that is waited for.
 */
interface Asker {

  /** This is what upstreams say, or what is served instead. */
  void answer(Waiter waiter, CacheEntry entry);

  /** Upstreams fail or take too long, and this was known before. */
  void answerStale(Waiter waiter, CacheEntry entry);

  /** Upstreams say this, and the operator has a rule for it. */
  void rule(Waiter waiter, Rule rule, CacheEntry reply);

  /** There is no answer. */
  void fail(Waiter waiter, int rcode, byte[] notice);

  /** It waits already, and one answer does for both. */
  void drop(Waiter waiter);
}
