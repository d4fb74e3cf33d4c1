package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.hold.Holds;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.Ruling;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ExtendedError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds and forgets what the local policy does not allow to be served. Histories of names that it
 * decides about stay, since nobody asks for them meanwhile, and the names keep their protection
 * when it is over. Reused; confined to one thread at a time.
 */
final class PolicySweep {

  private static final int TYPE_AND_CLASS_LENGTH = 4;

  private final Resolvers resolvers;
  private final Holds holds;
  private final PolicyLookup lookup = new PolicyLookup();

  PolicySweep(Resolvers resolvers) {
    this.resolvers = resolvers;
    this.holds = resolvers.holds();
  }

  /** Forgets, and returns how many answers. */
  int sweep() {
    List<CacheKey> histories = holds.histories().keys((key, history) -> !isServable(key, history));
    histories.forEach(holds.histories()::forget);
    List<CacheKey> answers = resolvers.cache().keys((key, entry) -> !isServable(key, entry));
    for (CacheKey key : answers) {
      CacheEntry entry = resolvers.cache().lookup(key);
      if (entry != null && leadsToBlocked(key, entry.answer())) {
        holds.histories().forget(key);
      } else {
        holds.keepHistory(key);
      }
      resolvers.cache().remove(key);
    }
    return answers.size();
  }

  /** Whether an answer may be served. */
  boolean isServable(CacheKey key, CacheEntry entry) {
    Answer answer = entry.answer();
    boolean wasBlocked =
        answer.hasExtendedError(ExtendedError.BLOCKED, ExtendedError.FILTERED); // by other rules
    return !wasBlocked && !isRuled(key) && !leadsToBlocked(key, answer);
  }

  /** Whether the records of a history may be served once its name is no longer decided about. */
  boolean isServable(CacheKey key, History history) {
    return !leadsToBlocked(key, history.lastGood());
  }

  /** Whether a rule decides about the name itself. */
  boolean isRuled(CacheKey key) {
    Ruling ruling = ofName(key);
    return ruling != null && ruling.rule().action() != Rule.Action.PASS;
  }

  private boolean leadsToBlocked(CacheKey key, Answer answer) {
    boolean passes = ofName(key) != null && !isRuled(key);
    return !passes && lookup.ofAnswer(resolvers.localPolicy(), key.question(), answer) != null;
  }

  private @Nullable Ruling ofName(CacheKey key) {
    byte[] question = key.question();
    return lookup.ofName(
        resolvers.localPolicy(), question, 0, question.length - TYPE_AND_CLASS_LENGTH);
  }
}
