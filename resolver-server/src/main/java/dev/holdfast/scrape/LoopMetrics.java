package dev.holdfast.scrape;

import dev.holdfast.metrics.LatencySnapshot;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.metrics.ResponseCounts;
import dev.holdfast.wire.Rcode;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** Responses and latencies of the loops, added up when they are read. Immutable. */
final class LoopMetrics implements MultiCollector {

  private final List<LoopCounters> loops;

  LoopMetrics(List<LoopCounters> loops) {
    this.loops = List.copyOf(loops);
  }

  @Override
  public MetricSnapshots collect() {
    return MetricSnapshots.of(
        responses(),
        histogram(
            "hit_duration_seconds",
            "Time from the receipt of queries to the sending of responses that needed no waiting",
            LatencySnapshot.sum(loops.stream().map(LoopCounters::hits).toList())),
        histogram(
            "miss_duration_seconds",
            "Time from the receipt of queries to the sending of responses that were waited for",
            LatencySnapshot.sum(loops.stream().map(LoopCounters::misses).toList())));
  }

  /* Usual rcodes are told even when there are none, so that rates begin at 0. */
  private MetricSnapshot responses() {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder().name(Scrape.PREFIX + "responses").help("Responses sent");
    for (boolean stream : new boolean[] {false, true}) {
      for (int rcode = 0; rcode < ResponseCounts.RCODES; rcode++) {
        long count = 0;
        for (LoopCounters loop : loops) {
          count += loop.responses().get(stream, rcode);
        }
        if (count > 0 || rcode <= Rcode.REFUSED) {
          counter.dataPoint(
              CounterDataPointSnapshot.builder()
                  .labels(
                      Labels.of("transport", stream ? "tcp" : "udp", "rcode", Rcode.toText(rcode)))
                  .value((double) count)
                  .build());
        }
      }
    }
    return counter.build();
  }

  private static MetricSnapshot histogram(String name, String help, LatencySnapshot latencies) {
    return HistogramSnapshot.builder()
        .name(Scrape.PREFIX + name)
        .help(help)
        .dataPoint(Buckets.of(latencies, Labels.EMPTY))
        .build();
  }
}
