package dev.holdfast.scrape;

import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.ServerStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * All metrics of a server as text. Nothing is counted here: every value is read from where it is
 * kept. Made at the first scrape, so that a server that nobody scrapes pays nothing. Confined to
 * one thread.
 */
public final class Scrape implements AutoCloseable {

  /** The media type of {@link #text}. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double MILLIS_PER_SECOND = 1000;

  static final String PREFIX = "holdfast_";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final StatusMetrics status;

  /** Kept here because the registry itself would let it be collected, and the counters stand. */
  private final CounterMetrics counters;

  private final JvmGcMetrics gc = new JvmGcMetrics();

  /**
   * @param loops the counters of all loops
   * @param statuses how the server is doing
   */
  public Scrape(List<LoopCounters> loops, Supplier<ServerStatus> statuses, String version) {
    status = new StatusMetrics(loops, statuses);
    status.bindTo(registry);
    counters = new CounterMetrics(loops);
    counters.bindTo(registry);
    registry.getPrometheusRegistry().register(new LoopMetrics(loops));
    registry.getPrometheusRegistry().register(new UpstreamMetrics(() -> status.status().routes()));
    registry.getPrometheusRegistry().register(new ListMetrics(() -> status.status().lists()));
    registry.getPrometheusRegistry().register(() -> buildInfo(version));
    FunctionCounter.builder("process_cpu", ProcessHandle.current(), Scrape::processorSeconds)
        .baseUnit("seconds")
        .description("Processor time that the process took")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    gc.bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  private static InfoSnapshot buildInfo(String version) {
    return InfoSnapshot.builder()
        .name(PREFIX + "build")
        .help("What runs")
        .dataPoint(
            InfoDataPointSnapshot.builder()
                .labels(Labels.of("version", version, "java", Runtime.version().toString()))
                .build())
        .build();
  }

  private static double processorSeconds(ProcessHandle process) {
    Duration total = process.info().totalCpuDuration().orElse(Duration.ZERO);
    return total.toMillis() / MILLIS_PER_SECOND;
  }

  /** Returns every metric in Prometheus' text format. */
  public String text() {
    status.refresh();
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
