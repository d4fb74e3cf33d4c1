package dev.holdfast.scrape;

import dev.holdfast.operate.RouteView;
import dev.holdfast.operate.TransportView;
import dev.holdfast.operate.UpstreamView;
import dev.holdfast.upstream.Health;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The upstreams that are in use when they are read, each under its address: as many as the
 * configuration names. Confined to one thread.
 */
final class UpstreamMetrics implements MultiCollector {

  private static final double MILLIS_PER_SECOND = 1000;

  private final Supplier<List<RouteView>> routes;

  UpstreamMetrics(Supplier<List<RouteView>> routes) {
    this.routes = routes;
  }

  @Override
  public MetricSnapshots collect() {
    Map<String, UpstreamView> byAddress = new LinkedHashMap<>();
    for (RouteView route : routes.get()) {
      route.upstreams().forEach(each -> byAddress.putIfAbsent(each.address(), each));
    }
    Collection<UpstreamView> upstreams = byAddress.values();
    MetricSnapshots.Builder metrics = MetricSnapshots.builder();
    if (!upstreams.isEmpty()) {
      metrics
          .metricSnapshot(state(upstreams))
          .metricSnapshot(inFlight(upstreams))
          .metricSnapshot(
              counter(
                  upstreams,
                  "queries",
                  "Questions sent to an upstream",
                  each -> each.events().queries()))
          .metricSnapshot(
              counter(
                  upstreams,
                  "hedges",
                  "Questions sent to an upstream because another one was slow",
                  each -> each.events().hedges()))
          .metricSnapshot(
              counter(
                  upstreams,
                  "hedges_won",
                  "Such questions that it answered first",
                  each -> each.events().hedgesWon()))
          .metricSnapshot(
              counter(
                  upstreams,
                  "probes",
                  "Messages sent to find out whether an upstream is back",
                  each -> each.events().probes()))
          .metricSnapshot(replies(upstreams))
          .metricSnapshot(failures(upstreams))
          .metricSnapshot(rtt(upstreams))
          .metricSnapshot(smoothedRtt(upstreams));
    }
    return metrics.build();
  }

  private static GaugeSnapshot state(Collection<UpstreamView> upstreams) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name(Scrape.PREFIX + "upstream_state")
            .help("1 for the state that an upstream is in, 0 for the others");
    for (UpstreamView upstream : upstreams) {
      for (Health.State state : Health.State.values()) {
        gauge.dataPoint(
            GaugeDataPointSnapshot.builder()
                .labels(Labels.of("upstream", upstream.address(), "state", key(state)))
                .value(upstream.current().state() == state ? 1 : 0)
                .build());
      }
    }
    return gauge.build();
  }

  private static GaugeSnapshot inFlight(Collection<UpstreamView> upstreams) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name(Scrape.PREFIX + "upstream_in_flight")
            .help("Messages to an upstream that wait for a reply");
    for (UpstreamView upstream : upstreams) {
      gauge.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(Labels.of("upstream", upstream.address()))
              .value(upstream.inFlight())
              .build());
    }
    return gauge.build();
  }

  private static CounterSnapshot counter(
      Collection<UpstreamView> upstreams,
      String name,
      String help,
      ToLongFunction<UpstreamView> value) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder().name(Scrape.PREFIX + "upstream_" + name).help(help);
    for (UpstreamView upstream : upstreams) {
      Labels labels = Labels.of("upstream", upstream.address());
      counter.dataPoint(point(labels, value.applyAsLong(upstream)));
    }
    return counter.build();
  }

  private static CounterSnapshot replies(Collection<UpstreamView> upstreams) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name(Scrape.PREFIX + "upstream_replies")
            .help("Replies from an upstream, to probes too: usable ones, or SERVFAIL and the like");
    forEachTransport(
        upstreams,
        (labels, transport) -> {
          counter.dataPoint(point(labels.add("result", "usable"), transport.replies()));
          counter.dataPoint(point(labels.add("result", "error"), transport.errorReplies()));
        });
    return counter.build();
  }

  private static CounterSnapshot failures(Collection<UpstreamView> upstreams) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name(Scrape.PREFIX + "upstream_failures")
            .help("Messages to an upstream without a reply, probes too, by what went wrong");
    forEachTransport(
        upstreams,
        (labels, transport) ->
            transport
                .failures()
                .forEach(
                    (kind, count) ->
                        counter.dataPoint(point(labels.add("kind", key(kind)), count))));
    return counter.build();
  }

  private static HistogramSnapshot rtt(Collection<UpstreamView> upstreams) {
    HistogramSnapshot.Builder histogram =
        HistogramSnapshot.builder()
            .name(Scrape.PREFIX + "upstream_rtt_seconds")
            .help("Time that replies of an upstream took, errors among them");
    forEachTransport(
        upstreams, (labels, transport) -> histogram.dataPoint(Buckets.of(transport.rtt(), labels)));
    return histogram.build();
  }

  private static GaugeSnapshot smoothedRtt(Collection<UpstreamView> upstreams) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name(Scrape.PREFIX + "upstream_smoothed_rtt_seconds")
            .help(
                "Time that the next reply of an upstream is expected to take; 0 before the first");
    forEachTransport(
        upstreams,
        (labels, transport) ->
            gauge.dataPoint(
                GaugeDataPointSnapshot.builder()
                    .labels(labels)
                    .value(transport.rttMillis() / MILLIS_PER_SECOND)
                    .build()));
    return gauge.build();
  }

  /** Takes one transport of one upstream. */
  private interface TransportAction {
    void accept(Labels labels, TransportView transport);
  }

  private static void forEachTransport(Collection<UpstreamView> upstreams, TransportAction action) {
    for (UpstreamView upstream : upstreams) {
      Labels labels = Labels.of("upstream", upstream.address());
      action.accept(labels.add("transport", "udp"), upstream.datagrams());
      action.accept(labels.add("transport", "tcp"), upstream.streams());
    }
  }

  private static CounterDataPointSnapshot point(Labels labels, long value) {
    return CounterDataPointSnapshot.builder().labels(labels).value((double) value).build();
  }

  private static String key(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
