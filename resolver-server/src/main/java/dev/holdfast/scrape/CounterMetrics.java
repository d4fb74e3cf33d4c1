package dev.holdfast.scrape;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.CounterGroup;
import dev.holdfast.metrics.LoopCounters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Every {@link Counter} as a metric, added up over the loops when it is read: those of a group
 * under one name and told apart by a label, all others under their own name. Immutable.
 */
final class CounterMetrics {

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

  /** Whether a counter is told for each upstream and not as a sum. */
  static boolean isToldByUpstream(Counter counter) {
    return TOLD_BY_UPSTREAM.contains(counter);
  }

  /** Registers all of them. */
  void bindTo(MeterRegistry registry) {
    Set<Counter> rest = EnumSet.complementOf(EnumSet.copyOf(TOLD_BY_UPSTREAM));
    for (CounterGroup group : CounterGroup.values()) {
      for (String word : group.words()) {
        Set<Counter> counters = group.counters(word);
        rest.removeAll(counters);
        builder(group, counters)
            .tag(group.label(), word)
            .description(group.description())
            .register(registry);
      }
    }
    for (Counter counter : rest) {
      builder(counter, Set.of(counter)).description(counter.description()).register(registry);
    }
  }

  private FunctionCounter.Builder<CounterMetrics> builder(Enum<?> name, Set<Counter> counters) {
    return FunctionCounter.builder(
        Scrape.PREFIX + name.name().toLowerCase(Locale.ROOT),
        this,
        each -> LoopCounters.sum(each.loops, counters));
  }
}
