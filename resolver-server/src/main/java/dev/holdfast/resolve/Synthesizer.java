package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.SubnetEntry;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.Dns64;
import dev.holdfast.upstream.Route;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import dev.holdfast.wire.Translation;
import org.jspecify.annotations.Nullable;

/**
 * Makes answers of the answers to other questions, for the clients of a translator (RFC 6147 §5):
 * IPv6 addresses of IPv4 ones, and names of translated addresses as aliases. What is made is learnt
 * like what upstreams say. Confined to one loop.
 */
final class Synthesizer {

  /**
   * Cuts TTLs where upstreams did not say for how long there is no IPv6 address (RFC 6147 §5.1.7).
   */
  private static final int MAX_TTL_SECONDS = 600;

  private final Resolvers resolvers;
  private final Learner learner;
  private final LoopCounters counters;
  private final Translation translation = new Translation();

  Synthesizer(Resolvers resolvers, Learner learner, LoopCounters counters) {
    this.resolvers = resolvers;
    this.learner = learner;
    this.counters = counters;
  }

  /** Returns the question about IPv4 to ask if there is no IPv6 address, or null for none. */
  @Nullable CacheKey addressQuestion(CacheKey key) {
    Dns64 dns64 = resolvers.rewriting().dns64();
    return dns64 != null && dns64.translates(key) ? key.withType(RecordType.A) : null;
  }

  /** Returns the question that this one is an alias of, or null to ask it as it is. */
  @Nullable CacheKey aliasedQuestion(CacheKey key) {
    Dns64 dns64 = resolvers.rewriting().dns64();
    byte[] name = dns64 == null ? null : dns64.ipv4Name(key);
    if (name == null) {
      return null;
    }
    Route route = resolvers.routes().match(name, 0, name.length);
    CacheKey aliased =
        CacheKey.of(route.id(), name, RecordType.PTR, key.dnssecOk(), key.checkingDisabled());
    return route.rules().forwardsSubnet() ? aliased.withSubnet(ClientSubnet.UNTOLD) : aliased;
  }

  /** Asks another question for one of this loop. */
  void ask(CacheKey other, Asker asker, long nowNanos) {
    byte[] name = other.qname();
    Route route = resolvers.routes().match(name, 0, name.length);
    Waiter waiter = Waiter.of(asker, other, route, nowNanos);
    Answer local = resolvers.localAnswer(other);
    if (local != null) {
      ReplyKind kind = local.answerCount() > 0 ? ReplyKind.POSITIVE : ReplyKind.NXDOMAIN;
      asker.answer(
          waiter,
          new CacheEntry(local, kind, local.minTtlSeconds(), /* staleNanos= */ 0, nowNanos));
    } else {
      resolvers.home(other).join(waiter, /* stale= */ null);
    }
  }

  /**
   * Learns the answer that is made of another question's; null when there is nothing to make it of.
   *
   * @param absence what upstreams say of the question itself
   */
  @Nullable CacheEntry learn(
      CacheKey key, CacheKey other, CacheEntry entry, @Nullable Absence absence, long nowNanos) {
    Dns64 dns64 = resolvers.rewriting().dns64();
    if (dns64 == null) {
      return null;
    }
    boolean positive = entry.kind() == ReplyKind.POSITIVE;
    int ageSeconds = entry.ageSeconds(nowNanos);
    Answer answer = null;
    if (key.qtype() == RecordType.PTR) {
      if (!positive) {
        return negativeAlias(key, entry, dns64, ageSeconds, nowNanos);
      }
      answer =
          translation.alias(
              key.question(), other.question(), entry.answer(), ageSeconds, dns64.notice());
    } else if (positive) {
      answer =
          translation.addresses(
              dns64.prefix(),
              key.question(),
              other.question(),
              entry.answer(),
              ageSeconds,
              maxTtlSeconds(absence),
              dns64.notice());
    }
    if (answer == null) {
      return null;
    }
    counters.increment(Counter.ANSWERS_SYNTHESIZED);
    return entry.isHeld()
        ? learner.held(key, entry.withAnswer(answer.withExtendedErrorsOf(entry.answer())))
        : learner.positive(key, answer, network(entry), nowNanos);
  }

  /* Whom an answer is for whose own is made of another. */
  private static ClientSubnet network(CacheEntry entry) {
    return entry instanceof SubnetEntry of ? of.network() : ClientSubnet.EVERYBODY;
  }

  private static int maxTtlSeconds(@Nullable Absence absence) {
    return absence == null || absence.ttlSeconds() == 0 ? MAX_TTL_SECONDS : absence.ttlSeconds();
  }

  private CacheEntry negativeAlias(
      CacheKey key, CacheEntry entry, Dns64 dns64, int ageSeconds, long nowNanos) {
    Answer nothing = Answer.empty(entry.answer().rcode(), dns64.notice());
    int ttlSeconds = Math.max(0, entry.ttlSeconds() - ageSeconds);
    Absence absence = new Absence(nothing, entry.kind(), ttlSeconds, network(entry));
    return learner.negative(key, absence, nowNanos);
  }
}
