package dev.holdfast.resolve;

import dev.holdfast.policy.Rule;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerRecords;
import dev.holdfast.wire.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The operator's aliases that lead from the name of a query to the one that is looked up in its
 * place. Immutable.
 *
 * @param question of the client: name, type and class
 * @param targets one behind another, the last of them is looked up
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Alias(byte[] question, List<byte[]> targets, int ttlSeconds) {

  private static final int TYPE_AND_CLASS_LENGTH = 4;

  /** No alias yet. */
  static Alias of(Query query) {
    int start = query.qnameOffset();
    byte[] question = Arrays.copyOfRange(query.bytes(), start, start + query.questionLength());
    return new Alias(question, List.of(), Integer.MAX_VALUE);
  }

  /** Returns this with one more alias behind the others. */
  Alias to(byte[] target, int targetTtlSeconds) {
    List<byte[]> longer = new ArrayList<>(targets);
    longer.add(target);
    return new Alias(question, longer, Math.min(ttlSeconds, targetTtlSeconds));
  }

  boolean isFull() {
    return targets.size() == Rule.MAX_ALIASES;
  }

  /** The question that is looked up: the last target with the client's type and class. */
  byte[] targetQuestion() {
    byte[] target = targets.getLast();
    byte[] looked = Arrays.copyOf(target, target.length + TYPE_AND_CLASS_LENGTH);
    int from = question.length - TYPE_AND_CLASS_LENGTH;
    System.arraycopy(question, from, looked, target.length, TYPE_AND_CLASS_LENGTH);
    return looked;
  }

  /** Returns what the client is told when {@code answer} is that to the last target. */
  Answer before(Answer answer, AnswerRecords records) {
    int ttl = answer.answerCount() > 0 ? Math.min(ttlSeconds, answer.minTtlSeconds()) : ttlSeconds;
    return records.read(targetQuestion(), answer).behindAliases(question, targets, ttl, answer);
  }
}
