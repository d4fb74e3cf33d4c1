package dev.holdfast.operate;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.hold.Holds;
import dev.holdfast.hold.Pins;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Lets the server forget what an operator wants it to. Thread-safe. */
public final class Flusher {

  /** Questions named of those that were forgotten. */
  public static final int MAX_NAMED = 50;

  private final Resolvers resolvers;
  private final Holds holds;

  public Flusher(Resolvers resolvers) {
    this.resolvers = resolvers;
    this.holds = resolvers.holds();
  }

  /** Forgets. */
  public Flushed flush(Flush what) {
    return switch (what) {
      case Flush.Name(byte[] qname) -> forget(key -> key.isAbout(qname));
      case Flush.Subtree(byte[] suffix) -> forget(key -> key.isAtOrBelow(suffix));
      case Flush.Part part -> flushPart(part);
    };
  }

  private Flushed flushPart(Flush.Part part) {
    long nowNanos = resolvers.nowNanos();
    return switch (part) {
      case NEGATIVE ->
          forgetAnswers(cache().keys((key, entry) -> entry.kind() != ReplyKind.POSITIVE));
      case STALE -> forgetAnswers(cache().keys((key, entry) -> !entry.isFresh(nowNanos)));
      case HELD -> forgetHolds(nowNanos);
      case ALL -> forget(key -> true);
    };
  }

  private Flushed forget(Predicate<CacheKey> questions) {
    List<CacheKey> answers = cache().keys((key, entry) -> questions.test(key));
    Set<CacheKey> histories =
        new HashSet<>(holds.histories().keys((key, history) -> questions.test(key)));
    answers.stream().filter(key -> holds.history(key) != null).forEach(histories::add);
    List<CacheKey> failures = resolvers.failures().keys(questions);
    remove(answers, histories, questions);
    failures.forEach(resolvers.failures()::forget);
    List<String> pinned =
        holds.pins().all().stream()
            .map(Pins.Pinned::question)
            .filter(questions)
            .map(Flusher::named)
            .sorted()
            .limit(MAX_NAMED)
            .toList();
    return flushed(answers, failures, histories, pinned);
  }

  private Flushed forgetAnswers(List<CacheKey> answers) {
    answers.forEach(holds::keepHistory);
    remove(answers, List.of(), new HashSet<>(answers)::contains);
    return flushed(answers, List.of(), List.of(), List.of());
  }

  private Flushed forgetHolds(long nowNanos) {
    Set<CacheKey> histories = new HashSet<>();
    for (CacheKey key :
        holds.histories().keys((key, history) -> holds.isHolding(key, history, nowNanos))) {
      histories.add(key);
      CacheKey twin = key.otherDnssecVariant();
      if (holds.histories().find(twin) != null) {
        histories.add(twin);
      }
    }
    List<CacheKey> answers = cache().keys(this::isHeld);
    Set<CacheKey> questions = new HashSet<>(answers);
    questions.addAll(histories);
    remove(answers, histories, questions::contains);
    return flushed(answers, List.of(), histories, List.of());
  }

  private boolean isHeld(CacheKey key, CacheEntry entry) {
    return entry.isHeld() && holds.pins().find(key) == null;
  }

  /* Histories tell their own listener, one by one. */
  private void remove(
      Collection<CacheKey> answers, Collection<CacheKey> histories, Predicate<CacheKey> questions) {
    resolvers.recorder().flushing(questions);
    histories.forEach(holds.histories()::forget);
    answers.forEach(cache()::remove);
    resolvers.subnetAnswers().removeIf(questions);
  }

  private static Flushed flushed(
      Collection<CacheKey> answers,
      Collection<CacheKey> failures,
      Collection<CacheKey> histories,
      List<String> stillPinned) {
    Set<String> named = new TreeSet<>();
    for (Collection<CacheKey> each : List.of(answers, histories, failures)) {
      each.stream().limit(MAX_NAMED).map(Flusher::named).forEach(named::add);
    }
    return new Flushed(
        answers.size(),
        failures.size(),
        histories.size(),
        named.stream().limit(MAX_NAMED).toList(),
        stillPinned);
  }

  private static String named(CacheKey key) {
    return Names.toText(key.qname()) + " " + RecordType.toText(key.qtype());
  }

  private AnswerCache cache() {
    return resolvers.cache();
  }
}
