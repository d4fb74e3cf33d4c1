package dev.holdfast.operate;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.FailureMemory.Failure;
import dev.holdfast.cache.History;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldRules;
import dev.holdfast.hold.Holds;
import dev.holdfast.hold.Pin;
import dev.holdfast.operate.Explanation.Cached;
import dev.holdfast.operate.Explanation.Decided;
import dev.holdfast.operate.Explanation.Failed;
import dev.holdfast.operate.Explanation.HoldRule;
import dev.holdfast.operate.Explanation.Known;
import dev.holdfast.operate.Explanation.Pinned;
import dev.holdfast.operate.Explanation.Question;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.Ruling;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.upstream.Route;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordText;
import dev.holdfast.wire.RecordType;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells the story of a name. Changes nothing. Confined to one thread. */
public final class Explainer {

  /** Questions told of one name. */
  public static final int MAX_QUESTIONS = 64;

  private static final int[] USUAL_TYPES = {RecordType.A, RecordType.AAAA};

  private final Resolvers resolvers;
  private final Holds holds;
  private final InstantSource wallClock;
  private final KnownQuestions known;
  private final RecordText text = new RecordText();
  private final PolicyLookup lookup = new PolicyLookup();

  public Explainer(Resolvers resolvers, InstantSource wallClock) {
    this.resolvers = resolvers;
    this.holds = resolvers.holds();
    this.wallClock = wallClock;
    this.known = new KnownQuestions(resolvers);
  }

  /**
   * Tells of a name, folded.
   *
   * @param qtype one type, or {@link RecordType#ANY} for all that is known
   */
  public Explanation explain(byte[] qname, int qtype) {
    Moment now = new Moment(wallClock.instant(), resolvers.nowNanos());
    Route route = resolvers.routes().match(qname, 0, qname.length);
    List<Question> questions = new ArrayList<>();
    for (CacheKey key : keys(qname, qtype, route)) {
      questions.add(question(key, route, now));
    }
    HoldConfig config = holds.config();
    HoldRule rule =
        new HoldRule(
            holds.mode(qname),
            !HoldRules.isDisputable(qname),
            config.window(),
            config.minHistory(),
            config.minRefreshes());
    return new Explanation(
        Names.toText(qname),
        now.wall(),
        resolvers.localNames().rule(qname),
        decided(qname, qtype, Rule.MAX_ALIASES),
        RouteView.of(route),
        rule,
        questions);
  }

  private @Nullable Decided decided(byte[] qname, int qtype, int aliases) {
    Ruling ruling = lookup.ofName(resolvers.localPolicy(), qname, 0, qname.length);
    if (ruling == null) {
      return null;
    }
    Rule rule = ruling.rule();
    Rule.Data alias = rule.alias(qtype == RecordType.ANY ? RecordType.A : qtype);
    Decided target =
        alias == null || aliases == 0 ? null : decided(alias.rdata(), qtype, aliases - 1);
    return new Decided(rule.action(), ruling.place(), target);
  }

  private List<CacheKey> keys(byte[] qname, int qtype, Route route) {
    Set<CacheKey> keys = new HashSet<>(known.of(qname, qtype));
    keys.removeIf(key -> key.route() != route.id());
    if (qtype != RecordType.ANY) {
      keys.add(CacheKey.of(route.id(), qname, qtype, false, false));
    } else if (keys.isEmpty()) {
      for (int usual : USUAL_TYPES) {
        keys.add(CacheKey.of(route.id(), qname, usual, false, false));
      }
    }
    return keys.stream()
        .sorted(
            Comparator.comparingInt(CacheKey::qtype)
                .thenComparing(CacheKey::checkingDisabled)
                .thenComparing(CacheKey::dnssecOk))
        .limit(MAX_QUESTIONS)
        .toList();
  }

  private Question question(CacheKey key, Route route, Moment now) {
    CacheEntry entry = resolvers.cache().lookup(key);
    Failure failure = resolvers.failures().recall(key, now.nanos());
    History history = holds.history(key);
    Pin pin = holds.pins().find(key);
    return new Question(
        RecordType.toText(key.qtype()),
        key.dnssecOk(),
        key.checkingDisabled(),
        new Outlook(resolvers, key, route, now.nanos()).outcome(),
        entry == null ? null : cached(key, entry, now),
        failure == null ? null : failed(failure, now),
        history == null ? null : known(key, history, now),
        pin == null ? null : pinned(key, pin));
  }

  private Cached cached(CacheKey key, CacheEntry entry, Moment now) {
    long expiresNanos = entry.storedAtNanos() + entry.lifeNanos();
    boolean staleLater = entry.staleNanos() > 0;
    return new Cached(
        entry.kind(),
        entry.isHeld(),
        now.at(entry.storedAtNanos()),
        now.at(expiresNanos),
        staleLater ? now.at(expiresNanos + entry.staleNanos()) : null,
        text.answers(key.question(), entry.answer()),
        ExtendedError.texts(entry.answer()));
  }

  private static Failed failed(Failure failure, Moment now) {
    return new Failed(
        Rcode.toText(failure.rcode()), failure.failures(), now.at(failure.untilNanos()));
  }

  private Known known(CacheKey key, History history, Moment now) {
    long windowNanos = holds.config().window().toNanos();
    boolean vanished = history.vanished();
    return new Known(
        now.at(history.firstSeenNanos()),
        now.at(history.lastPositiveNanos()),
        history.refreshes(),
        holds.proven(key, now.nanos()) != null,
        history.released(),
        vanished ? now.at(history.vanishedAtNanos()) : null,
        vanished ? now.at(history.vanishedAtNanos() + windowNanos) : null,
        history.recordSets().stream().map(set -> text.answers(key.question(), set)).toList());
  }

  private Pinned pinned(CacheKey key, Pin pin) {
    return new Pinned(
        pin.kind(), pin.since(), pin.until(), text.answers(key.question(), pin.records()));
  }
}
