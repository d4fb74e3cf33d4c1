package dev.holdfast.scrape;

import dev.holdfast.lists.ListStatus;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The files of the local policy, as many as the configuration names. Confined to one thread. */
final class ListMetrics implements MultiCollector {

  private final Supplier<List<ListStatus>> lists;

  ListMetrics(Supplier<List<ListStatus>> lists) {
    this.lists = lists;
  }

  @Override
  public MetricSnapshots collect() {
    List<ListStatus> all = lists.get();
    MetricSnapshots.Builder metrics = MetricSnapshots.builder();
    if (!all.isEmpty()) {
      metrics
          .metricSnapshot(
              gauge(all, "list_entries", "Entries of a list in force", ListStatus::entries))
          .metricSnapshot(
              gauge(
                  all,
                  "list_ignored_lines",
                  "Lines of a list that mean nothing here",
                  ListStatus::ignoredLines))
          .metricSnapshot(
              gauge(
                  all,
                  "list_broken",
                  "1 while a list is missing or broken as it is now, else 0",
                  list -> list.problem() == null ? 0 : 1))
          .metricSnapshot(
              gauge(
                  all,
                  "list_loaded_timestamp_seconds",
                  "When the entries in force were read, 0 for never",
                  list -> list.loaded() == null ? 0 : list.loaded().getEpochSecond()));
    }
    return metrics.build();
  }

  private static GaugeSnapshot gauge(
      List<ListStatus> lists, String name, String help, ToDoubleFunction<ListStatus> value) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(Scrape.PREFIX + name).help(help);
    for (ListStatus list : lists) {
      gauge.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(Labels.of("list", list.name(), "file", list.file()))
              .value(value.applyAsDouble(list))
              .build());
    }
    return gauge.build();
  }
}
