package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.cache.SubnetEntry;
import dev.holdfast.hold.Holds;
import dev.holdfast.hold.Verdict;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.Dns64;
import dev.holdfast.policy.Rule;
import dev.holdfast.wire.AddressScan;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.ReplyKind;
import dev.holdfast.wire.ReplyReader;
import dev.holdfast.wire.Translation;
import dev.holdfast.wire.TtlLimits;
import org.jspecify.annotations.Nullable;

/**
 * What the questions of one loop learn from replies: answers go to the cache, failures to their
 * memory beside it, and what says that a known name is gone before a judge. Confined to its loop.
 */
final class Learner {

  private static final Answer NOTHING = Answer.empty(Rcode.NOERROR, new byte[0]);

  private final Resolvers resolvers;
  private final Holds holds;
  private final LoopCounters counters;
  private final ReplyRules replyRules;
  private final SignatureFilter filter = new SignatureFilter();
  private final Translation translation = new Translation();
  private LimitsConfig limits;
  private ReplyReader reader;
  private long staleNanos;
  private int maxNegativeTtlSeconds;

  /** Whom the last reply's answer is for. */
  private ClientSubnet network = ClientSubnet.EVERYBODY;

  /** What the last reply's answer was cut to, if it was. */
  private @Nullable Answer stripped;

  /** What the last reply's answer is taken for, if not for an answer. */
  private @Nullable Absence instead;

  Learner(Resolvers resolvers, LoopCounters counters) {
    this.resolvers = resolvers;
    this.holds = resolvers.holds();
    this.counters = counters;
    this.replyRules = new ReplyRules(resolvers, counters);
    use(resolvers.config());
  }

  /** Learns by another configuration; what was read last is forgotten. */
  void use(Resolvers.Config config) {
    limits = config.limits();
    staleNanos = config.stale().maxAge().toNanos();
    maxNegativeTtlSeconds = (int) config.cache().maxNegativeTtl().toSeconds();
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

  /** Reads a reply to a question; the methods below speak of the last one read. */
  ReplyKind read(CacheKey key, byte[] reply, int length) {
    ReplyKind kind = reader.read(reply, length, key.dnssecOk());
    ClientSubnet subnet = key.subnet();
    network = subnet == null ? ClientSubnet.EVERYBODY : reader.network(subnet);
    stripped = null;
    instead = null;
    if (kind != ReplyKind.POSITIVE) {
      return kind;
    }
    Rewriting rewriting = resolvers.rewriting();
    if (rewriting.refusesPrivate(key)) {
      instead = refused(key, rewriting, reader.answer());
    }
    Dns64 dns64 = rewriting.dns64();
    if (instead == null && dns64 != null && dns64.translates(key)) {
      instead = withoutMapped(key, reader.answer());
    }
    return instead == null ? ReplyKind.POSITIVE : ReplyKind.NODATA;
  }

  private @Nullable Absence refused(CacheKey key, Rewriting rewriting, Answer answer) {
    if (!rewriting.refuses(key, answer)) {
      return null;
    }
    int ttlSeconds = Math.min(answer.minTtlSeconds(), maxNegativeTtlSeconds);
    return new Absence(NOTHING, ReplyKind.NODATA, ttlSeconds, Rewriting.REFUSED, network);
  }

  private @Nullable Absence withoutMapped(CacheKey key, Answer answer) {
    if (!AddressScan.any(answer, (high, low) -> high == 0 && low >>> Integer.SIZE == 0xffff)) {
      return null;
    }
    stripped = translation.withoutMapped(key.question(), answer);
    return stripped == null ? new Absence(NOTHING, ReplyKind.NODATA, 0, network) : null;
  }

  /** Whether the last reply is to a question from the network that was told (RFC 7871 §7.3). */
  boolean isForNetworkOf(CacheKey key) {
    ClientSubnet subnet = key.subnet();
    return subnet == null || subnet.equals(ClientSubnet.UNTOLD) || reader.isFor(subnet);
  }

  /** Whether it is an answer that came with records that nobody asked for. */
  boolean cutUnsolicited() {
    return reader.cutUnsolicited();
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
    return positive(key, stripped == null ? reader.answer() : stripped, network, nowNanos);
  }

  /** Learns a positive answer for the clients of {@code of}, if the question is of one network. */
  CacheEntry positive(CacheKey key, Answer answer, ClientSubnet of, long nowNanos) {
    int ttlSeconds = answer.minTtlSeconds();
    if (key.isOfSubnet()) {
      return ofNetwork(
          key,
          new SubnetEntry(answer, ReplyKind.POSITIVE, ttlSeconds, staleNanos, nowNanos, of),
          ttlSeconds);
    }
    boolean kept = isToBeKept(answer, ttlSeconds);
    boolean isPinned = holds.pins().find(key) != null;
    CacheEntry entry = new CacheEntry(answer, ReplyKind.POSITIVE, ttlSeconds, staleNanos, nowNanos);
    holds.answered(key, entry, kept && !isPinned, nowNanos, counters);
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

  /* Not held and not journalled: that takes one answer for all. */
  private CacheEntry ofNetwork(CacheKey key, SubnetEntry entry, int ttlSeconds) {
    CacheKey question = key.withoutSubnet();
    resolvers.failures().forget(key);
    if (isToBeKept(entry.answer(), ttlSeconds)) {
      resolvers.subnetAnswers().put(question, entry);
      counters.add(Counter.LIMIT_SUBNET_ANSWERS, resolvers.subnetAnswers().takePushedOut());
    } else {
      counters.increment(Counter.ANSWERS_NOT_CACHED);
      resolvers.subnetAnswers().remove(question, entry.network());
    }
    return entry;
  }

  /** Returns the last reply's answer that a name or type does not exist; nothing is learnt yet. */
  Absence absence(ReplyKind kind) {
    if (instead != null) {
      if (instead.told().equals(Rewriting.REFUSED)) {
        counters.increment(Counter.ANSWERS_REFUSED_PRIVATE);
      }
      return instead;
    }
    Answer answer = reader.answer();
    int ttlSeconds = reader.soaFound() ? answer.minTtlSeconds() : 0;
    return new Absence(answer, kind, ttlSeconds, network);
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
    if (key.isOfSubnet()) {
      int ttlSeconds = absence.ttlSeconds();
      SubnetEntry entry =
          new SubnetEntry(
              absence.told(),
              absence.kind(),
              ttlSeconds,
              /* staleNanos= */ 0,
              nowNanos,
              absence.network());
      return ofNetwork(key, entry, ttlSeconds);
    }
    CacheEntry pinned = pinned(key, nowNanos);
    if (pinned != null) {
      return pinned;
    }
    Absence told = besideOtherTypes(key, absence, nowNanos);
    CacheEntry entry = entry(told.told(), told, told.ttlSeconds(), nowNanos);
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
    return new Absence(
        Holds.asNodata(absence.answer()), ReplyKind.NODATA, ttlSeconds, absence.network());
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
    return held == null ? believe(key, absence, nowNanos) : held(key, held);
  }

  /** Learns that the last good records are served in place of what upstreams say. */
  CacheEntry held(CacheKey key, CacheEntry held) {
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
    Answer answer = absence.told().withMaxTtl(Holds.MAX_TTL_SECONDS);
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
