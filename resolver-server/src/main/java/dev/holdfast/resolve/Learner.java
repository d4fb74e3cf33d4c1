package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.hold.Holds;
import dev.holdfast.hold.Verdict;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.Rule;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ReplyKind;
import dev.holdfast.wire.ReplyReader;
import dev.holdfast.wire.TtlLimits;
import org.jspecify.annotations.Nullable;

/**
 * What the questions of one loop learn from replies: answers go to the cache, failures to their
 * memory beside it, and what says that a known name is gone before a judge. Confined to its loop.
 */
final class Learner {

  private final Resolvers resolvers;
  private final Holds holds;
  private final LoopCounters counters;
  private final ReplyRules replyRules;
  private final SignatureFilter filter = new SignatureFilter();
  private LimitsConfig limits;
  private ReplyReader reader;
  private long staleNanos;

  Learner(Resolvers resolvers, LoopCounters counters) {
    Resolvers.Config config = resolvers.config();
    this.resolvers = resolvers;
    this.holds = resolvers.holds();
    this.counters = counters;
    this.replyRules = new ReplyRules(resolvers, counters);
    this.limits = config.limits();
    this.staleNanos = config.stale().maxAge().toNanos();
    this.reader = reader(config);
  }

  /** Learns by another configuration; what was read last is forgotten. */
  void use(Resolvers.Config config) {
    limits = config.limits();
    staleNanos = config.stale().maxAge().toNanos();
    reader = reader(config);
  }

  private static ReplyReader reader(Resolvers.Config config) {
    TtlLimits ttlLimits =
        new TtlLimits(
            (int) config.cache().minTtl().toSeconds(),
            (int) config.cache().maxTtl().toSeconds(),
            (int) config.cache().maxNegativeTtl().toSeconds());
    return new ReplyReader(ttlLimits, config.minimalResponses(), config.limits().cnameChain());
  }

  /** Reads a reply; the methods below speak of the last one read. */
  ReplyKind read(byte[] reply, int length, boolean dnssecOk) {
    return reader.read(reply, length, dnssecOk);
  }

  /** Whether it is a failure for having more aliases than are followed. */
  boolean chainIsTooLong() {
    return reader.chainIsTooLong();
  }

  int rcode() {
    return reader.rcode();
  }

  /** Returns the extended errors as EDNS options, empty without any (RFC 8914 §2). */
  byte[] extendedErrors() {
    return reader.extendedErrors();
  }

  /** Returns what the operator's rules decide about the last reply, an answer, or null. */
  @Nullable Rule rule(CacheKey key) {
    return resolvers.localPolicy().isEmpty() ? null : replyRules.find(key, reader.answer());
  }

  /**
   * Learns what a rule that was just found makes of the last reply, and returns the reply itself
   * for clients that the rule lets pass.
   */
  CacheEntry ruled(CacheKey key, ReplyKind kind, Rule rule, long nowNanos) {
    Answer answer = reader.answer();
    replyRules.learn(key, answer, rule, nowNanos);
    return new CacheEntry(answer, kind, answer.minTtlSeconds(), /* staleNanos= */ 0, nowNanos);
  }

  /** Learns the last reply's positive answer. */
  CacheEntry positive(CacheKey key, long nowNanos) {
    Answer answer = reader.answer();
    int ttlSeconds = answer.minTtlSeconds();
    boolean kept = isToBeKept(answer, ttlSeconds);
    boolean isPinned = holds.pins().find(key) != null;
    holds.answered(key, answer, kept && !isPinned, nowNanos, counters);
    CacheEntry entry = new CacheEntry(answer, ReplyKind.POSITIVE, ttlSeconds, staleNanos, nowNanos);
    CacheEntry pinned = pinned(key, nowNanos);
    if (pinned != null) {
      if (kept) {
        resolvers.recorder().learnt(key, entry);
      }
      return pinned;
    }
    replace(key, entry, ttlSeconds);
    return entry;
  }

  /** Returns the last reply's answer that a name or type does not exist; nothing is learnt yet. */
  Absence absence(ReplyKind kind) {
    Answer answer = reader.answer();
    return new Absence(answer, kind, reader.soaFound() ? answer.minTtlSeconds() : 0);
  }

  /** Whether the absence of a name is known well enough to be disputed. */
  boolean isProven(CacheKey key, long nowNanos) {
    return holds.proven(key, nowNanos) != null;
  }

  /** Whether all upstreams were asked before, and agreed that a name is gone. */
  boolean isGone(CacheKey key) {
    History history = holds.histories().find(key);
    return history != null && history.vanished();
  }

  /** Learns that a name or type does not exist. */
  CacheEntry negative(CacheKey key, Absence absence, long nowNanos) {
    CacheEntry pinned = pinned(key, nowNanos);
    if (pinned != null) {
      return pinned;
    }
    Absence told = besideOtherTypes(key, absence, nowNanos);
    CacheEntry entry = entry(told.answer(), told, told.ttlSeconds(), nowNanos);
    holds.keepHistory(key);
    replace(key, entry, told.ttlSeconds());
    return entry;
  }

  /* A name cannot be gone while other types of it are held. */
  private Absence besideOtherTypes(CacheKey key, Absence absence, long nowNanos) {
    if (absence.kind() != ReplyKind.NXDOMAIN
        || Holds.isIntended(absence.answer())
        || !holds.isHeldByOtherType(key, nowNanos)) {
      return absence;
    }
    int ttlSeconds = Math.min(absence.ttlSeconds(), Holds.MAX_TTL_SECONDS);
    return new Absence(Holds.asNodata(absence.answer()), ReplyKind.NODATA, ttlSeconds);
  }

  private static CacheEntry entry(Answer answer, Absence absence, int ttlSeconds, long nowNanos) {
    return new CacheEntry(answer, absence.kind(), ttlSeconds, /* staleNanos= */ 0, nowNanos);
  }

  /** Decides what to make of the absence of a proven name that no upstream contradicts. */
  CacheEntry judge(CacheKey key, Absence absence, long nowNanos) {
    Verdict verdict = holds.judge(key, absence.answer(), nowNanos, counters);
    CacheEntry pinned = pinned(key, nowNanos);
    if (pinned != null) {
      return pinned;
    }
    CacheEntry held = verdict == Verdict.HELD ? hold(key, nowNanos) : null;
    if (held == null) {
      return believe(key, absence, nowNanos);
    }
    resolvers.failures().forget(key);
    resolvers.cache().put(key, held);
    return held;
  }

  /* What an operator decided stands in the cache, whatever was learnt. */
  private @Nullable CacheEntry pinned(CacheKey key, long nowNanos) {
    CacheEntry pinned = holds.pins().entry(key, nowNanos);
    if (pinned != null) {
      resolvers.failures().forget(key);
      holds.keepHistory(key);
      resolvers.cache().put(key, pinned);
    }
    return pinned;
  }

  private @Nullable CacheEntry hold(CacheKey key, long nowNanos) {
    Answer lastGood = holds.lastGood(key);
    return lastGood == null ? null : holds.hold(key, filter.fit(key, lastGood), nowNanos);
  }

  private CacheEntry believe(CacheKey key, Absence absence, long nowNanos) {
    int ttlSeconds = Math.min(absence.ttlSeconds(), Holds.MAX_TTL_SECONDS);
    Answer answer = absence.answer().withMaxTtl(Holds.MAX_TTL_SECONDS);
    CacheEntry entry = entry(answer, absence, ttlSeconds, nowNanos);
    replace(key, entry, ttlSeconds);
    return entry;
  }

  /** Remembers that a question failed; what the cache holds stays. */
  void failure(CacheKey key, int rcode, long nowNanos) {
    resolvers.failures().remember(key, rcode, nowNanos);
  }

  /* Keeps an answer unless it has no TTL or is too large: then what was there is outdated too. */
  private void replace(CacheKey key, CacheEntry entry, int ttlSeconds) {
    resolvers.failures().forget(key);
    if (isToBeKept(entry.answer(), ttlSeconds)) {
      resolvers.cache().put(key, entry);
      resolvers.recorder().learnt(key, entry);
    } else {
      counters.increment(Counter.ANSWERS_NOT_CACHED);
      if (ttlSeconds > 0) {
        counters.increment(Counter.LIMIT_CACHED_ANSWER);
      }
      resolvers.cache().remove(key);
      resolvers.recorder().forgotten(key);
    }
  }

  private boolean isToBeKept(Answer answer, int ttlSeconds) {
    return ttlSeconds > 0
        && answer.recordCount() <= limits.cachedRecords()
        && answer.sizeBytes() <= limits.cachedSizeBytes();
  }
}
