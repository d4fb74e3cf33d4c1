package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.Ruling;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.QueryWriter;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.ReplyKind;
import org.jspecify.annotations.Nullable;

/** What the operator's local policy makes of upstreams' replies. Confined to one loop. */
final class ReplyRules {

  private static final int TYPE_AND_CLASS_LENGTH = 4;

  private final Resolvers resolvers;
  private final LoopCounters counters;
  private final PolicyLookup lookup = new PolicyLookup();
  private final Query query = new Query();
  private final byte[] message = new byte[QueryWriter.MAX_LENGTH];

  /** Whether the last rule was found for what the answer leads to, not for its name. */
  private boolean foundByAnswer;

  ReplyRules(Resolvers resolvers, LoopCounters counters) {
    this.resolvers = resolvers;
    this.counters = counters;
  }

  /**
   * Returns the rule for an answer to a question, or null: one for its name, if that is newer than
   * the question, or else one for where its aliases and addresses lead.
   */
  @Nullable Rule find(CacheKey key, Answer answer) {
    LocalPolicy policy = resolvers.localPolicy();
    byte[] question = key.question();
    Ruling own = lookup.ofName(policy, question, 0, question.length - TYPE_AND_CLASS_LENGTH);
    foundByAnswer = own == null;
    Ruling ruling = foundByAnswer ? lookup.ofAnswer(policy, question, answer) : own;
    return ruling == null || ruling.rule().action() == Rule.Action.PASS ? null : ruling.rule();
  }

  /**
   * Keeps of an answer only what the rule found for it says; if that is for the name, nothing, as
   * the next query meets the rule before the cache.
   */
  void learn(CacheKey key, Answer answer, Rule rule, long nowNanos) {
    if (!foundByAnswer) {
      return;
    }
    counters.increment(Counter.BLOCKED_BY_ANSWER);
    resolvers.failures().forget(key);
    resolvers.holds().keepHistory(key);
    resolvers.cache().remove(key);
    if (rule.hasAnswer(key.qtype())) {
      keep(key, rule, answer.minTtlSeconds(), nowNanos);
    }
  }

  /* As an absence even when it has records: then it is never served stale and has no history. */
  private void keep(CacheKey key, Rule rule, int maxTtlSeconds, long nowNanos) {
    byte[] question = key.question();
    int length = QueryWriter.write(message, question, false, false);
    query.parse(message, 0, length);
    Answer told = rule.answer(query).withMaxTtl(maxTtlSeconds);
    if (told.minTtlSeconds() > 0) {
      ReplyKind kind = told.rcode() == Rcode.NXDOMAIN ? ReplyKind.NXDOMAIN : ReplyKind.NODATA;
      resolvers
          .cache()
          .put(
              key, new CacheEntry(told, kind, told.minTtlSeconds(), /* staleNanos= */ 0, nowNanos));
    }
  }
}
