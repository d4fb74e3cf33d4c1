package dev.holdfast.metrics;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Counters of one kind, each with the short word that tells it from the others. */
public enum CounterGroup {
  QUERIES(
      "Queries received",
      "transport",
      member("udp", Counter.QUERIES_UDP),
      member("tcp", Counter.QUERIES_TCP)),
  ANSWERS(
      "Queries answered, by where the answer came from",
      "source",
      member("fresh", Counter.ANSWERS_FRESH),
      member("stale", Counter.ANSWERS_STALE),
      member("held", Counter.ANSWERS_HELD),
      member("upstream", Counter.ANSWERS_UPSTREAM),
      member("local", Counter.ANSWERS_LOCAL),
      member("blocked", Counter.ANSWERS_BLOCKED),
      member("failure", Counter.ANSWERS_FAILURE, Counter.ANSWERS_FAILURE_REMEMBERED)),
  BLOCKED(
      "Queries that the operator's lists and policy zones decided, by what was done",
      "action",
      member("nxdomain", Counter.BLOCKED_NXDOMAIN),
      member("nodata", Counter.BLOCKED_NODATA),
      member("null_address", Counter.BLOCKED_NULL_ADDRESS),
      member("refused", Counter.BLOCKED_REFUSED),
      member("dropped", Counter.BLOCKED_DROPPED),
      member("truncated", Counter.BLOCKED_TRUNCATED),
      member("rewritten", Counter.BLOCKED_REWRITTEN)),
  REJECTED(
      "Queries answered with an error for what they are or whom they come from",
      "reason",
      member("malformed", Counter.REJECTED_MALFORMED),
      member("not_implemented", Counter.REJECTED_NOT_IMPLEMENTED),
      member("refused", Counter.REJECTED_REFUSED),
      member("access", Counter.REJECTED_ACCESS),
      member("forwarding_loop", Counter.FORWARDING_LOOPS)),
  DROPPED(
      "Messages of clients dropped without an answer",
      "reason",
      member("oversize", Counter.UDP_OVERSIZE),
      member("source_port_zero", Counter.UDP_SOURCE_PORT_ZERO),
      member("own_source", Counter.UDP_OWN_SOURCE),
      member("too_short", Counter.DROPPED_TOO_SHORT),
      member("not_a_query", Counter.DROPPED_NOT_A_QUERY),
      member("duplicate", Counter.DROPPED_DUPLICATE),
      member("rate", Counter.DROPPED_RATE),
      member("late", Counter.DROPPED_LATE)),
  SLIPPED(
      "Queries answered with TC alone to slow their clients down",
      "reason",
      member("rate", Counter.SLIPPED_RATE),
      member("late", Counter.SLIPPED_LATE)),
  COOKIES(
      "Queries with a cookie, by what it is worth",
      "kind",
      member("new", Counter.COOKIES_NEW),
      member("valid", Counter.COOKIES_VALID),
      member("invalid", Counter.COOKIES_INVALID)),
  LIMIT_REACHED(
      "Times that a limit was reached",
      "limit",
      member("in_flight", Counter.LIMIT_IN_FLIGHT),
      member("in_flight_replaced", Counter.LIMIT_IN_FLIGHT_REPLACED),
      member("in_flight_per_upstream", Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM),
      member("in_flight_per_client", Counter.LIMIT_IN_FLIGHT_PER_CLIENT),
      member("repeats", Counter.LIMIT_REPEATS),
      member("waiters_per_question", Counter.LIMIT_WAITERS_PER_QUESTION),
      member("waiters_per_client", Counter.LIMIT_WAITERS_PER_CLIENT),
      member("stale_refreshes", Counter.LIMIT_STALE_REFRESHES),
      member("sends", Counter.LIMIT_SENDS),
      member("cname_chain", Counter.LIMIT_CNAME_CHAIN),
      member("cached_answer", Counter.LIMIT_CACHED_ANSWER),
      member("pins", Counter.LIMIT_PINS),
      member("list_entries", Counter.LIMIT_LIST_ENTRIES),
      member("tcp_connections", Counter.TCP_REFUSED_FULL),
      member("tcp_connections_per_address", Counter.TCP_REFUSED_PER_ADDRESS),
      member("tcp_pipelined", Counter.TCP_PIPELINE_FULL),
      member("admin_connections", Counter.ADMIN_REFUSED_FULL)),
  TCP_TIMEOUTS(
      "Client connections closed because their time was up",
      "kind",
      member("first_query", Counter.TCP_FIRST_QUERY_TIMEOUTS),
      member("idle", Counter.TCP_IDLE_TIMEOUTS),
      member("unwritable", Counter.TCP_UNWRITABLE_TIMEOUTS),
      member("answer", Counter.TCP_ANSWER_TIMEOUTS)),
  UPSTREAM_NEAR_MISSES(
      "Replies from upstreams that belong to no query",
      "kind",
      member("id", Counter.UPSTREAM_NEAR_MISS_ID),
      member("question", Counter.UPSTREAM_NEAR_MISS_QUESTION),
      member("case", Counter.UPSTREAM_NEAR_MISS_CASE),
      member("cookie", Counter.UPSTREAM_NEAR_MISS_COOKIE),
      member("shape", Counter.UPSTREAM_NEAR_MISS_SHAPE));

  private final String description;
  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // not written to after construction
  private final Map<String, Set<Counter>> members = new LinkedHashMap<>();

  @SafeVarargs
  CounterGroup(String description, String label, Map.Entry<String, Set<Counter>>... members) {
    this.description = description;
    this.label = label;
    for (Map.Entry<String, Set<Counter>> each : members) {
      this.members.put(each.getKey(), each.getValue());
    }
  }

  private static Map.Entry<String, Set<Counter>> member(String word, Counter... counters) {
    return Map.entry(word, Set.copyOf(EnumSet.of(counters[0], counters)));
  }

  /** One sentence for an operator. */
  public String description() {
    return description;
  }

  /** What the words tell. */
  public String label() {
    return label;
  }

  /** The words in their order. */
  public Set<String> words() {
    return Collections.unmodifiableSet(members.keySet());
  }

  /** The counters that add up to what a word stands for. */
  public Set<Counter> counters(String word) {
    return members.getOrDefault(word, Set.of());
  }

  /** What the loops counted together, by word. */
  public Map<String, Long> sums(Collection<LoopCounters> loops) {
    Map<String, Long> sums = new LinkedHashMap<>();
    members.forEach((word, counters) -> sums.put(word, LoopCounters.sum(loops, counters)));
    return sums;
  }
}
