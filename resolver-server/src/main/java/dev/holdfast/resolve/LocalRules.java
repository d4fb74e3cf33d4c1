package dev.holdfast.resolve;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.Ruling;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerRecords;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.QueryWriter;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.ResponseAssembler;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the operator's local policy makes of the queries of one loop. Confined to it. */
final class LocalRules {

  /** {@link #answer}: the query goes on as if there were no rule. */
  static final int NO_RULE = -2;

  private static final byte[] WILDCARD = {1, '*'};

  private final Resolvers resolvers;
  private final LoopCounters counters;
  private final PolicyLookup lookup = new PolicyLookup();
  private final Query target = new Query();
  private final byte[] targetMessage = new byte[QueryWriter.MAX_LENGTH];
  private @Nullable AnswerRecords records;

  LocalRules(Resolvers resolvers, LoopCounters counters) {
    this.resolvers = resolvers;
    this.counters = counters;
  }

  /** Returns the rule for a query's name, or null when there is none or it passes. */
  @Nullable Rule find(Query query) {
    Ruling ruling =
        lookup.ofName(
            resolvers.localPolicy(), query.bytes(), query.qnameOffset(), query.qnameLength());
    return ruling == null || ruling.rule().action() == Rule.Action.PASS ? null : ruling.rule();
  }

  /** Answers a query by a rule for its name, or for what the alias leads to, that is no alias. */
  int answer(
      Query query,
      @Nullable Alias alias,
      Rule rule,
      boolean stream,
      ResponseAssembler assembler,
      byte[] response) {
    return switch (rule.action()) {
      case PASS -> NO_RULE;
      case DROP -> {
        counters.increment(Counter.BLOCKED_DROPPED);
        yield Resolver.DROPPED;
      }
      case TCP_ONLY -> {
        if (stream) {
          yield NO_RULE;
        }
        counters.increment(Counter.BLOCKED_TRUNCATED);
        yield assembler.truncated(query, Rcode.NOERROR, response);
      }
      case REFUSED -> {
        counters.increment(Counter.BLOCKED_REFUSED);
        yield assembler.error(query, Rcode.REFUSED, rule.notice(), stream, response);
      }
      case NXDOMAIN, NODATA, NULL_ADDRESS, DATA -> {
        Query asked = alias == null ? query : targetQuery(query, alias);
        count(rule);
        yield assembler.fresh(query, told(alias, rule.answer(asked)), 0, stream, response);
      }
    };
  }

  private void count(Rule rule) {
    switch (rule.action()) {
      case NXDOMAIN -> counters.increment(Counter.BLOCKED_NXDOMAIN);
      case NODATA -> counters.increment(Counter.BLOCKED_NODATA);
      case NULL_ADDRESS -> counters.increment(Counter.BLOCKED_NULL_ADDRESS);
      default -> {
        if (rule.isBlocking()) {
          counters.increment(Counter.BLOCKED_REWRITTEN);
        }
      }
    }
  }

  /** Which counter tells where the answer of a rule came from. */
  static Counter source(Rule rule) {
    return rule.isBlocking() ? Counter.ANSWERS_BLOCKED : Counter.ANSWERS_LOCAL;
  }

  /**
   * Returns an alias that leads on by the rule for its end, and by other aliases, as far as they
   * go; null when that is too far.
   *
   * @param from the aliases followed so far, or null
   */
  @Nullable Alias follow(Query query, @Nullable Alias from, Rule rule) {
    Alias alias = from == null ? Alias.of(query) : from;
    Query asked = from == null ? query : targetQuery(query, from);
    Rule next = rule;
    Rule.Data link = next.alias(query.qtype());
    while (link != null) {
      byte[] target = target(link, asked);
      if (target == null || alias.isFull()) {
        return null;
      }
      alias = alias.to(target, link.ttlSeconds());
      asked = targetQuery(query, alias);
      next = find(asked);
      link = next == null ? null : next.alias(query.qtype());
    }
    return alias;
  }

  /** Returns the query for the last target of an alias, with the flags of the client's; reused. */
  Query targetQuery(Query query, Alias alias) {
    byte[] question = alias.targetQuestion();
    int length =
        QueryWriter.write(
            targetMessage,
            question,
            0,
            question.length,
            query.dnssecOk(),
            query.checkingDisabled());
    target.parse(targetMessage, 0, length);
    return target;
  }

  /**
   * Returns where an alias leads to from a name: a target {@code *.example.org} stands for the
   * whole name below example.org, null when that is too long.
   */
  private static byte @Nullable [] target(Rule.Data alias, Query from) {
    byte[] target = alias.rdata();
    if (!Arrays.equals(target, 0, 2, WILDCARD, 0, 2)) {
      return target;
    }
    int prefix = from.qnameLength() - 1;
    int length = prefix + target.length - WILDCARD.length;
    if (length > Names.MAX_LENGTH) {
      return null;
    }
    byte[] whole =
        Arrays.copyOfRange(from.bytes(), from.qnameOffset(), from.qnameOffset() + length);
    System.arraycopy(target, WILDCARD.length, whole, prefix, target.length - WILDCARD.length);
    return whole;
  }

  /** Returns what the client of an alias is told when {@code answer} is that to its target. */
  Answer told(@Nullable Alias alias, Answer answer) {
    if (alias == null) {
      return answer;
    }
    if (records == null) {
      records = new AnswerRecords();
    }
    return alias.before(answer, records);
  }
}
