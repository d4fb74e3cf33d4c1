package dev.holdfast.operate;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.resolve.SignatureFilter;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ReplyKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The good records known of a name and type, whichever variant of the question they were learnt by.
 * Confined to one thread.
 */
final class RecordChoice {

  private final Resolvers resolvers;
  private final SignatureFilter filter = new SignatureFilter();

  /**
   * A record set.
   *
   * @param records without signatures
   * @param signed the same with them, or null when they are not known
   */
  record Choice(Answer records, @Nullable Answer signed) {}

  /** Record sets of one variant of a question, newest first. */
  private record Learnt(CacheKey key, long atNanos, List<Answer> sets) {}

  RecordChoice(Resolvers resolvers) {
    this.resolvers = resolvers;
  }

  /**
   * Returns a distinct record set, or null when there are not as many.
   *
   * @param age 0 for the last good one, 1 for the one before
   */
  @Nullable Choice find(byte[] qname, int qtype, int age) {
    int route = resolvers.routes().match(qname, 0, qname.length).id();
    CacheKey plain = CacheKey.of(route, qname, qtype, false, false);
    List<Learnt> learnt = new ArrayList<>();
    for (boolean dnssecOk : new boolean[] {false, true}) {
      for (boolean checkingDisabled : new boolean[] {false, true}) {
        Learnt each = learnt(CacheKey.of(route, qname, qtype, dnssecOk, checkingDisabled));
        if (each != null) {
          learnt.add(each);
        }
      }
    }
    List<Answer> sets = distinct(plain, newest(learnt));
    if (sets.size() <= age) {
      return null;
    }
    Answer records = sets.get(age);
    return new Choice(records, signed(plain, records, learnt));
  }

  private @Nullable Learnt learnt(CacheKey key) {
    History history = resolvers.holds().histories().find(key);
    if (history != null) {
      return new Learnt(key, history.lastPositiveNanos(), history.recordSets());
    }
    CacheEntry entry = resolvers.cache().lookup(key);
    if (entry == null || entry.kind() != ReplyKind.POSITIVE || entry.isHeld()) {
      return null;
    }
    return new Learnt(key, entry.storedAtNanos(), List.of(entry.answer()));
  }

  private static List<Answer> newest(List<Learnt> learnt) {
    Learnt newest = null;
    for (Learnt each : learnt) {
      if (newest == null || each.atNanos - newest.atNanos > 0) {
        newest = each;
      }
    }
    return newest == null ? List.of() : newest.sets;
  }

  /* A zone signed anew has new signatures and still the same records. */
  private List<Answer> distinct(CacheKey plain, List<Answer> sets) {
    List<Answer> distinct = new ArrayList<>();
    for (Answer set : sets) {
      Answer unsigned = filter.fit(plain, set);
      if (distinct.stream().noneMatch(unsigned::hasSameRecords)) {
        distinct.add(unsigned);
      }
    }
    return distinct;
  }

  private @Nullable Answer signed(CacheKey plain, Answer records, List<Learnt> learnt) {
    for (Learnt each : learnt) {
      if (each.key.dnssecOk()) {
        for (Answer set : each.sets) {
          if (filter.fit(plain, set).hasSameRecords(records)) {
            return set;
          }
        }
      }
    }
    return null;
  }
}
