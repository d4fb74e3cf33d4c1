package dev.holdfast.operate;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.hold.Holds;
import dev.holdfast.hold.Pin;
import dev.holdfast.hold.Pins;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.RecordChoice.Choice;
import dev.holdfast.operate.Steered.Refusal;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordText;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What operators decide about names: to pin them to their last good records, to roll them back to
 * those before, to release them from a hold. Takes effect in the cache at once, and later whenever
 * an answer arrives. Thread-safe.
 */
public final class Steering {

  /** How far ahead the end of a pin may be. */
  public static final Duration MAX_PIN = Duration.ofDays(30);

  private static final int LAST_GOOD = 0;
  private static final int BEFORE_LAST_GOOD = 1;

  private final Resolvers resolvers;
  private final Holds holds;
  private final Pins pins;
  private final InstantSource wallClock;
  private final LoopCounters counters;
  private final KnownQuestions known;
  private final RecordChoice choice;
  private final RecordText text = new RecordText();

  /**
   * @param counters written by the thread that calls {@link #pin} and {@link #rollback}
   */
  public Steering(Resolvers resolvers, InstantSource wallClock, LoopCounters counters) {
    this.resolvers = resolvers;
    this.holds = resolvers.holds();
    this.pins = holds.pins();
    this.wallClock = wallClock;
    this.counters = counters;
    this.known = new KnownQuestions(resolvers);
    this.choice = new RecordChoice(resolvers);
  }

  /**
   * Serves the last good records of a name, whatever upstreams say.
   *
   * @param qtype a type, or ANY for all types that are known
   * @param until null for until it is taken back
   */
  public synchronized Steered pin(byte[] qname, int qtype, @Nullable Instant until) {
    return pin(qname, qtype, until, Pin.Kind.PINNED);
  }

  /** Serves the record set that a name had before its last good one, whatever upstreams say. */
  public synchronized Steered rollback(byte[] qname, int qtype, @Nullable Instant until) {
    return pin(qname, qtype, until, Pin.Kind.ROLLED_BACK);
  }

  private Steered pin(byte[] qname, int qtype, @Nullable Instant until, Pin.Kind kind) {
    String name = Names.toText(qname);
    int age = kind == Pin.Kind.PINNED ? LAST_GOOD : BEFORE_LAST_GOOD;
    SortedMap<Integer, Choice> choices = choices(qname, qtype, age);
    Refusal refusal = refusal(qname, choices, until, kind);
    if (refusal != null) {
      return new Steered(name, List.of(), refusal);
    }
    Instant since = wallClock.instant();
    List<Steered.Question> questions = new ArrayList<>();
    for (Map.Entry<Integer, Choice> each : choices.entrySet()) {
      int type = each.getKey();
      Choice chosen = each.getValue();
      CacheKey question = Pins.question(qname, type);
      pins.set(question, new Pin(kind, chosen.records(), chosen.signed(), since, until));
      apply(qname, type);
      questions.add(
          new Steered.Question(
              RecordType.toText(type), text.answers(question.question(), chosen.records())));
    }
    return new Steered(name, questions, null);
  }

  private SortedMap<Integer, Choice> choices(byte[] qname, int qtype, int age) {
    SortedMap<Integer, Choice> choices = new TreeMap<>();
    for (CacheKey key : known.of(qname, qtype)) {
      if (!choices.containsKey(key.qtype())) {
        Choice found = choice.find(qname, key.qtype(), age);
        found = found == null && age == LAST_GOOD ? pinnedAlready(key) : found;
        if (found != null) {
          choices.put(key.qtype(), found);
        }
      }
    }
    return choices;
  }

  /* Of types without history the pin itself may be all that knows the records. */
  private @Nullable Choice pinnedAlready(CacheKey key) {
    Pin pin = pins.find(key);
    return pin == null ? null : new Choice(pin.records(), pin.signed());
  }

  private @Nullable Refusal refusal(
      byte[] qname, Map<Integer, Choice> choices, @Nullable Instant until, Pin.Kind kind) {
    String name = Names.toText(qname);
    Instant now = wallClock.instant();
    if (until != null && (!until.isAfter(now) || until.isAfter(now.plus(MAX_PIN)))) {
      return new Refusal(
          "until: " + until + " (expected a time within the next 30d)",
          "a time to come, such as --for 2h");
    }
    if (choices.isEmpty()) {
      return kind == Pin.Kind.PINNED
          ? new Refusal("no good answer to " + name + " is known", "holdfast query " + name)
          : new Refusal(
              "no earlier record set of " + name + " is known", "holdfast explain " + name);
    }
    long more =
        choices.keySet().stream()
            .filter(type -> pins.find(Pins.question(qname, type)) == null)
            .count();
    if (pins.size() + more > Pins.MAX_PINS) {
      counters.increment(Counter.LIMIT_PINS);
      return new Refusal(
          Pins.MAX_PINS + " questions are pinned already", "take some back with holdfast unpin");
    }
    return null;
  }

  private void apply(byte[] qname, int qtype) {
    long nowNanos = resolvers.nowNanos();
    for (CacheKey key : cachedKeys(qname, qtype)) {
      CacheEntry entry = pins.entry(key, nowNanos);
      if (entry != null) {
        holds.keepHistory(key);
        cache().put(key, entry);
      }
    }
  }

  /** Takes pins and rollbacks back: upstreams are asked again. */
  public synchronized Steered unpin(byte[] qname, int qtype) {
    String name = Names.toText(qname);
    SortedSet<Integer> types = new TreeSet<>();
    for (Pins.Pinned each : pins.all()) {
      if (KnownQuestions.about(qname, qtype).test(each.question()) && pins.remove(each)) {
        types.add(each.question().qtype());
      }
    }
    if (types.isEmpty()) {
      return Steered.refused(name, name + " is not pinned", "holdfast explain " + name);
    }
    types.forEach(type -> giveBack(qname, type));
    return steered(name, types);
  }

  /** Takes back what was pinned until now; to be called every second or so. */
  public synchronized void endPins() {
    for (Pins.Pinned each : pins.removeEnded()) {
      giveBack(each.question().qname(), each.question().qtype());
    }
  }

  /** Believes upstreams that say that a name is gone, until they have it again. */
  public synchronized Steered release(byte[] qname, int qtype) {
    String name = Names.toText(qname);
    List<CacheKey> histories =
        holds.histories().keys((key, history) -> KnownQuestions.about(qname, qtype).test(key));
    SortedSet<Integer> types = new TreeSet<>();
    for (CacheKey key : histories) {
      History history = holds.histories().find(key);
      if (history != null && history.vanished() && !history.released()) {
        types.add(key.qtype());
      }
    }
    if (types.isEmpty()) {
      return Steered.refused(
          name,
          "no upstream says at present that " + name + " is gone",
          "holdfast explain " + name);
    }
    for (CacheKey key : histories) {
      if (types.contains(key.qtype())) {
        holds.histories().release(key);
      }
    }
    types.forEach(type -> giveBack(qname, type));
    return steered(name, types);
  }

  /* What stood in for upstreams' answers goes; the last good one stays for when they fail. */
  private void giveBack(byte[] qname, int qtype) {
    if (pins.find(Pins.question(qname, qtype)) != null) {
      return;
    }
    for (CacheKey key : cachedKeys(qname, qtype)) {
      CacheEntry entry = cache().lookup(key);
      if (entry == null || !entry.isHeld()) {
        continue;
      }
      CacheEntry stale = stale(key);
      if (stale == null) {
        cache().remove(key);
      } else {
        cache().put(key, stale);
      }
    }
  }

  private @Nullable CacheEntry stale(CacheKey key) {
    History history = holds.histories().find(key);
    if (history == null) {
      return null;
    }
    CacheEntry entry =
        new CacheEntry(
            history.lastGood(),
            ReplyKind.POSITIVE,
            history.lastGood().minTtlSeconds(),
            resolvers.config().stale().maxAge().toNanos(),
            history.lastPositiveNanos());
    return entry.isStale(resolvers.nowNanos()) ? entry : null;
  }

  private List<CacheKey> cachedKeys(byte[] qname, int qtype) {
    return cache().keys((key, entry) -> KnownQuestions.about(qname, qtype).test(key));
  }

  private static Steered steered(String name, SortedSet<Integer> types) {
    List<Steered.Question> questions =
        types.stream()
            .map(type -> new Steered.Question(RecordType.toText(type), List.of()))
            .toList();
    return new Steered(name, questions, null);
  }

  private AnswerCache cache() {
    return resolvers.cache();
  }
}
