package dev.holdfast.scrape;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Every {@link Counter} as a metric, added up over the loops when it is read: those of one kind
 * under one name and told apart by a label, all others under their own name. Immutable.
 */
final class CounterMetrics {

  /** A metric with a label whose values are counters. */
  private record Family(String name, String help, String label, List<Member> members) {}

  /** A value of the label, and the counters that add up to it. */
  private record Member(String value, Set<Counter> counters) {}

  private static final List<Family> FAMILIES =
      List.of(
          new Family(
              "queries",
              "Queries received",
              "transport",
              List.of(of("udp", Counter.QUERIES_UDP), of("tcp", Counter.QUERIES_TCP))),
          new Family(
              "answers",
              "Queries answered, by where the answer came from",
              "source",
              List.of(
                  of("fresh", Counter.ANSWERS_FRESH),
                  of("stale", Counter.ANSWERS_STALE),
                  of("held", Counter.ANSWERS_HELD),
                  of("upstream", Counter.ANSWERS_UPSTREAM),
                  of("local", Counter.ANSWERS_LOCAL),
                  new Member(
                      "failure",
                      EnumSet.of(Counter.ANSWERS_FAILURE, Counter.ANSWERS_FAILURE_REMEMBERED)))),
          new Family(
              "rejected",
              "Queries answered with an error for what they are or whom they come from",
              "reason",
              List.of(
                  of("malformed", Counter.REJECTED_MALFORMED),
                  of("not_implemented", Counter.REJECTED_NOT_IMPLEMENTED),
                  of("refused", Counter.REJECTED_REFUSED),
                  of("access", Counter.REJECTED_ACCESS),
                  of("forwarding_loop", Counter.FORWARDING_LOOPS))),
          new Family(
              "dropped",
              "Messages of clients dropped without an answer",
              "reason",
              List.of(
                  of("oversize", Counter.UDP_OVERSIZE),
                  of("source_port_zero", Counter.UDP_SOURCE_PORT_ZERO),
                  of("own_source", Counter.UDP_OWN_SOURCE),
                  of("too_short", Counter.DROPPED_TOO_SHORT),
                  of("not_a_query", Counter.DROPPED_NOT_A_QUERY))),
          new Family(
              "limit_reached",
              "Times that a limit was reached",
              "limit",
              List.of(
                  of("in_flight", Counter.LIMIT_IN_FLIGHT),
                  of("in_flight_replaced", Counter.LIMIT_IN_FLIGHT_REPLACED),
                  of("in_flight_per_upstream", Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM),
                  of("waiters_per_question", Counter.LIMIT_WAITERS_PER_QUESTION),
                  of("waiters_per_client", Counter.LIMIT_WAITERS_PER_CLIENT),
                  of("stale_refreshes", Counter.LIMIT_STALE_REFRESHES),
                  of("pins", Counter.LIMIT_PINS),
                  of("tcp_connections", Counter.TCP_REFUSED_FULL),
                  of("tcp_connections_per_address", Counter.TCP_REFUSED_PER_ADDRESS),
                  of("tcp_pipelined", Counter.TCP_PIPELINE_FULL),
                  of("admin_connections", Counter.ADMIN_REFUSED_FULL))),
          new Family(
              "tcp_timeouts",
              "Client connections closed because their time was up",
              "kind",
              List.of(
                  of("first_query", Counter.TCP_FIRST_QUERY_TIMEOUTS),
                  of("idle", Counter.TCP_IDLE_TIMEOUTS),
                  of("unwritable", Counter.TCP_UNWRITABLE_TIMEOUTS),
                  of("answer", Counter.TCP_ANSWER_TIMEOUTS))),
          new Family(
              "upstream_near_misses",
              "Replies from upstreams that belong to no query",
              "kind",
              List.of(
                  of("id", Counter.UPSTREAM_NEAR_MISS_ID),
                  of("question", Counter.UPSTREAM_NEAR_MISS_QUESTION),
                  of("shape", Counter.UPSTREAM_NEAR_MISS_SHAPE))));

  /** What {@link UpstreamMetrics} tells for each upstream. */
  private static final Set<Counter> TOLD_BY_UPSTREAM =
      EnumSet.of(
          Counter.UPSTREAM_QUERIES,
          Counter.HEDGES_SENT,
          Counter.HEDGES_WON,
          Counter.PROBES_SENT,
          Counter.UPSTREAM_TIMEOUTS,
          Counter.UPSTREAM_REFUSED_CONNECTIONS,
          Counter.UPSTREAM_NETWORK_ERRORS,
          Counter.UPSTREAM_ERROR_REPLIES);

  private final List<LoopCounters> loops;

  CounterMetrics(List<LoopCounters> loops) {
    this.loops = List.copyOf(loops);
  }

  private static Member of(String value, Counter counter) {
    return new Member(value, EnumSet.of(counter));
  }

  /** Whether a counter is told for each upstream and not as a sum. */
  static boolean isToldByUpstream(Counter counter) {
    return TOLD_BY_UPSTREAM.contains(counter);
  }

  /** Registers all of them. */
  void bindTo(MeterRegistry registry) {
    Set<Counter> rest = EnumSet.complementOf(EnumSet.copyOf(TOLD_BY_UPSTREAM));
    for (Family family : FAMILIES) {
      for (Member member : family.members) {
        rest.removeAll(member.counters);
        FunctionCounter.builder(Scrape.PREFIX + family.name, this, each -> each.sum(member))
            .tag(family.label, member.value)
            .description(family.help)
            .register(registry);
      }
    }
    for (Counter counter : rest) {
      String name = Scrape.PREFIX + counter.name().toLowerCase(Locale.ROOT);
      FunctionCounter.builder(name, this, each -> each.sum(counter))
          .description(counter.description())
          .register(registry);
    }
  }

  private double sum(Member member) {
    return member.counters.stream().mapToLong(this::sum).sum();
  }

  private long sum(Counter counter) {
    long sum = 0;
    for (LoopCounters loop : loops) {
      sum += loop.get(counter);
    }
    return sum;
  }
}
