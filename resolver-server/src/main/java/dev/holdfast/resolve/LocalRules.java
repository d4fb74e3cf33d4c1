package dev.holdfast.resolve;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.Ruling;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.QueryWriter;
import dev.holdfast.wire.Rcode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the operator's local policy makes of the queries of one loop. Confined to it. */
final class LocalRules {

  /** {@link #answer}: the query goes on as if there were no rule. */
  static final int NO_RULE = -2;

  private static final byte[] WILDCARD = {1, '*'};

  private final Resolvers resolvers;
  private final Responses responses;
  private final LoopCounters counters;
  private final PolicyLookup lookup = new PolicyLookup();
  private final Query target = new Query();
  private final byte[] targetMessage = new byte[QueryWriter.MAX_LENGTH];

  LocalRules(Resolvers resolvers, Responses responses, LoopCounters counters) {
    this.resolvers = resolvers;
    this.responses = responses;
    this.counters = counters;
  }

  /** Returns the rule for a query's name, or null when there is none or it passes. */
  @Nullable Rule find(Query query) {
    Ruling ruling =
        lookup.ofName(
            resolvers.localPolicy(), query.bytes(), query.qnameOffset(), query.qnameLength());
    return ruling == null || ruling.rule().action() == Rule.Action.PASS ? null : ruling.rule();
  }

  /** Answers the query at hand by a rule for its name, or its alias's target, that is no alias. */
  int answer(Rule rule) {
    return switch (rule.action()) {
      case PASS -> NO_RULE;
      case DROP -> {
        counters.increment(Counter.BLOCKED_DROPPED);
        yield Resolver.DROPPED;
      }
      case TCP_ONLY -> {
        if (responses.stream()) {
          yield NO_RULE;
        }
        counters.increment(Counter.BLOCKED_TRUNCATED);
        yield responses.truncated(Rcode.NOERROR, source(rule));
      }
      case REFUSED -> {
        counters.increment(Counter.BLOCKED_REFUSED);
        yield responses.error(Rcode.REFUSED, rule.notice(), source(rule));
      }
      case NXDOMAIN, NODATA, NULL_ADDRESS, DATA -> {
        count(rule);
        yield responses.answer(rule.answer(lookedUp()), source(rule));
      }
    };
  }

  /* Where the answer of a rule is from. */
  private static Counter source(Rule rule) {
    return rule.isBlocking() ? Counter.ANSWERS_BLOCKED : Counter.ANSWERS_LOCAL;
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

  /**
   * Follows a rule that is an alias, and those that its target is, as far as they go: what they
   * lead to is looked up for the query at hand.
   *
   * @return false when that is too far
   */
  boolean follow(Rule rule) {
    Query query = responses.query();
    Alias known = responses.alias();
    Alias alias = known == null ? Alias.of(query) : known;
    Query asked = lookedUp();
    Rule next = rule;
    Rule.Data link = next.alias(query.qtype());
    while (link != null) {
      byte[] target = target(link, asked);
      if (target == null || alias.isFull()) {
        return false;
      }
      alias = alias.to(target, link.ttlSeconds());
      asked = targetQuery(query, alias);
      next = find(asked);
      link = next == null ? null : next.alias(query.qtype());
    }
    responses.lookUpFor(alias);
    return true;
  }

  /** Returns the query at hand, or that for what its alias leads to, with its flags; reused. */
  Query lookedUp() {
    Alias alias = responses.alias();
    return alias == null ? responses.query() : targetQuery(responses.query(), alias);
  }

  private Query targetQuery(Query query, Alias alias) {
    byte[] question = alias.targetQuestion();
    int length =
        QueryWriter.write(targetMessage, question, query.dnssecOk(), query.checkingDisabled());
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
}
