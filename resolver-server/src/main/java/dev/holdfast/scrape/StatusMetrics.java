package dev.holdfast.scrape;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.RouteView;
import dev.holdfast.operate.ServerStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** How the server is doing beside its counters, as it was last read. Confined to one thread. */
final class StatusMetrics {

  private static final double MILLIS_PER_SECOND = 1000;

  private final List<LoopCounters> loops;
  private final Supplier<ServerStatus> source;
  private ServerStatus status;

  StatusMetrics(List<LoopCounters> loops, Supplier<ServerStatus> source) {
    this.loops = List.copyOf(loops);
    this.source = source;
    this.status = source.get();
  }

  /** Reads everything anew. */
  void refresh() {
    status = source.get();
  }

  /** What was read last. */
  ServerStatus status() {
    return status;
  }

  /** Registers all of them. */
  void bindTo(MeterRegistry registry) {
    gauge(registry, "clients_waiting", "Clients that wait for an answer", ServerStatus::waiting);
    gauge(
        registry,
        "questions_in_flight",
        "Questions that wait for upstreams",
        ServerStatus::inFlight);
    gauge(
        registry,
        "failures_remembered",
        "Questions that failed lately and are not asked again for a moment",
        ServerStatus::failuresRemembered);
    gauge(
        registry,
        "routes",
        "Routes to upstreams: one for all names, and one per zone of its own",
        each -> each.routes().size());
    gauge(
        registry,
        "routes_down",
        "Routes of which every upstream is known to be down",
        each -> each.routes().stream().filter(RouteView::down).count());
    Gauge.builder(Scrape.PREFIX + "tcp_connections", this, StatusMetrics::openConnections)
        .description("Client connections that are open")
        .register(registry);
    bindCache(registry);
    bindHolds(registry);
    bindJournal(registry);
  }

  private void bindCache(MeterRegistry registry) {
    gauge(registry, "cache_entries", "Answers in the cache", each -> each.cache().answers());
    bytes(
        registry,
        "cache_size",
        "Memory taken by answers in the cache",
        each -> each.cache().sizeBytes());
    bytes(
        registry,
        "cache_max_size",
        "Memory that answers in the cache may take",
        each -> each.cache().maxSizeBytes());
    counter(
        registry,
        "cache_evictions",
        "Answers pushed out of the cache because it was full",
        each -> each.cache().evictions());
    gauge(
        registry,
        "histories",
        "Questions that are known over time",
        each -> each.holding().histories());
    counter(
        registry,
        "histories_evictions",
        "Histories pushed out because there was no more room",
        each -> each.holding().evictions());
  }

  private void bindHolds(MeterRegistry registry) {
    vanished(registry, "held", each -> each.holding().held());
    vanished(registry, "would_have_held", each -> each.holding().wouldHaveHeld());
    vanished(registry, "released", each -> each.holding().released());
    gauge(
        registry,
        "pinned_questions",
        "Questions that operators pinned or rolled back",
        each -> each.holding().pinned());
  }

  private void bindJournal(MeterRegistry registry) {
    gauge(
        registry,
        "journal_writing",
        "Whether this process writes the journal: 1 or 0",
        each -> each.journal().writing() ? 1 : 0);
    gauge(
        registry,
        "journal_lag_changes",
        "Changes that are not yet written to the journal",
        each -> each.journal().lagChanges());
    Gauge.builder(
            Scrape.PREFIX + "journal_lag",
            this,
            each -> each.status.journal().lagMillis() / MILLIS_PER_SECOND)
        .baseUnit("seconds")
        .description(
            "How long at most the oldest change has been waiting to be written to the journal")
        .register(registry);
    bytes(
        registry,
        "journal_size",
        "All files of the journal together",
        each -> each.journal().sizeBytes());
    bytes(
        registry,
        "journal_max_size",
        "What the files of the journal may be together",
        each -> each.journal().maxSizeBytes());
  }

  private double openConnections() {
    long open = 0;
    for (LoopCounters loop : loops) {
      open += loop.get(Counter.TCP_CONNECTIONS_OPENED) - loop.get(Counter.TCP_CONNECTIONS_CLOSED);
    }
    return open;
  }

  private void vanished(
      MeterRegistry registry, String state, ToDoubleFunction<ServerStatus> value) {
    Gauge.builder(
            Scrape.PREFIX + "vanished_questions", this, each -> value.applyAsDouble(each.status))
        .tag("state", state)
        .description("Questions that upstreams say are gone, by what is made of it")
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry, String name, String help, ToDoubleFunction<ServerStatus> value) {
    Gauge.builder(Scrape.PREFIX + name, this, each -> value.applyAsDouble(each.status))
        .description(help)
        .register(registry);
  }

  private void bytes(
      MeterRegistry registry, String name, String help, ToDoubleFunction<ServerStatus> value) {
    Gauge.builder(Scrape.PREFIX + name, this, each -> value.applyAsDouble(each.status))
        .baseUnit("bytes")
        .description(help)
        .register(registry);
  }

  private void counter(
      MeterRegistry registry, String name, String help, ToDoubleFunction<ServerStatus> value) {
    FunctionCounter.builder(Scrape.PREFIX + name, this, each -> value.applyAsDouble(each.status))
        .description(help)
        .register(registry);
  }
}
