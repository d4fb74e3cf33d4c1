package dev.holdfast.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.hold.HoldMode;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.FastResolver;
import dev.holdfast.operate.JournalView;
import dev.holdfast.operate.Rules;
import dev.holdfast.operate.StatusReader;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Routes;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSpec;
import dev.holdfast.wire.Names;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

class ScrapeTest {

  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

  private final FastResolver resolver = new FastResolver(HoldMode.ENFORCE, 2);
  private final LoopCounters otherLoop = new LoopCounters();
  private final StatusReader status =
      new StatusReader(
          resolver.resolvers(),
          resolver.wallClock(),
          () -> new JournalView(true, /* writing= */ true, 7, 1500, 4096, 8192, null));
  private final Scrape scrape =
      new Scrape(List.of(resolver.counters(), otherLoop), status::read, "1.2.3");

  @AfterEach
  void close() {
    scrape.close();
  }

  @Test
  void text_afterQueries_tellsWhereAnswersCameFrom() {
    resolver.upstreams(Rules.records(Type.A, 10, "192.0.2.80"));
    resolver.ask("www.example.org.", Type.A);
    resolver.ask("www.example.org.", Type.A);
    otherLoop.add(Counter.ANSWERS_FRESH, 40);
    resolver.pass(Duration.ofSeconds(11));
    resolver.upstreams(Rules.empty());
    resolver.ask("www.example.org.", Type.A);

    assertThat(lines())
        .contains(
            "holdfast_answers_total{source=\"fresh\"} 41.0",
            "holdfast_answers_total{source=\"upstream\"} 1.0",
            "holdfast_answers_total{source=\"held\"} 1.0",
            "holdfast_answers_total{source=\"failure\"} 0.0",
            "holdfast_responses_total{rcode=\"NOERROR\",transport=\"udp\"} 3.0",
            "holdfast_responses_total{rcode=\"SERVFAIL\",transport=\"tcp\"} 0.0",
            "holdfast_vanished_questions{state=\"held\"} 1.0",
            "holdfast_absences_held_total 1.0",
            "holdfast_cache_entries 1.0",
            "holdfast_journal_lag_seconds 1.5",
            "holdfast_miss_duration_seconds_count 2");
    assertThat(scrape.text()).doesNotContain("www.example.org", "10.0.0.1");
  }

  @Test
  void text_latencies_areCumulativeBucketsWithExactBounds() {
    resolver.counters().hits().record(25_000, 3);
    otherLoop.hits().record(25_001, 1);
    otherLoop.hits().record(20_000_000_000L, 1);

    assertThat(lines())
        .contains(
            "holdfast_hit_duration_seconds_bucket{le=\"1.0E-5\"} 0",
            "holdfast_hit_duration_seconds_bucket{le=\"2.5E-5\"} 3",
            "holdfast_hit_duration_seconds_bucket{le=\"5.0E-5\"} 4",
            "holdfast_hit_duration_seconds_bucket{le=\"10.0\"} 4",
            "holdfast_hit_duration_seconds_bucket{le=\"+Inf\"} 5",
            "holdfast_hit_duration_seconds_count 5",
            "holdfast_hit_duration_seconds_sum 20.000100001");
  }

  @Test
  void text_upstreams_areThoseInUseAtTheMoment() {
    assertThat(lines())
        .contains("holdfast_upstream_state{state=\"up\",upstream=\"192.0.2.1:53\"} 1.0")
        .contains("holdfast_upstream_state{state=\"down\",upstream=\"192.0.2.2:53\"} 0.0");

    Upstream other = new Upstream(UpstreamSpec.parse("192.0.2.99"));
    other.count(Upstream.Event.HEDGE);
    resolver
        .resolvers()
        .setRoutes(new Routes(List.of(new Route(0, Names.parse("."), List.of(other)))));

    assertThat(lines())
        .contains("holdfast_upstream_hedges_total{upstream=\"192.0.2.99:53\"} 1.0")
        .noneMatch(line -> line.contains("192.0.2.1:53"));
  }

  @Test
  void text_afterGarbageCollection_goesOnCounting() {
    scrape.text();
    System.gc();
    otherLoop.add(Counter.QUERIES_UDP, 7);

    assertThat(lines()).contains("holdfast_queries_total{transport=\"udp\"} 7.0");
  }

  @Test
  void text_everyCounter_isToldWithHelp() {
    for (Counter counter : Counter.values()) {
      otherLoop.add(counter, 1000 + counter.ordinal());
    }
    List<String> told = lines();
    for (Counter counter : Counter.values()) {
      if (CounterMetrics.isToldByUpstream(counter)) {
        continue;
      }
      String value = String.format(Locale.ROOT, " %.1f", 1000.0 + counter.ordinal());
      boolean summedUp =
          counter == Counter.ANSWERS_FAILURE || counter == Counter.ANSWERS_FAILURE_REMEMBERED;
      assertThat(told).anyMatch(line -> summedUp || line.endsWith(value));
    }
    assertThat(told.stream().filter(line -> line.startsWith("# TYPE")).count())
        .isEqualTo(told.stream().filter(line -> line.startsWith("# HELP")).count());
  }

  @Test
  void text_process_tellsItsVersionStartAndMemory() {
    assertThat(lines())
        .anyMatch(line -> line.startsWith("holdfast_build_info{") && line.contains("\"1.2.3\""))
        .anyMatch(line -> line.startsWith("process_start_time_seconds "))
        .anyMatch(line -> line.startsWith("process_cpu_seconds_total "))
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
        .anyMatch(line -> line.startsWith("jvm_threads_live_threads "));
  }

  @Test
  void text_judgedByPromtool_hasNoFault() throws Exception {
    assumeTrue(Files.isExecutable(PROMTOOL), "not installed: promtool (see .ci/run)");
    resolver.upstreams(Rules.records(Type.A, 10, "192.0.2.80"));
    resolver.ask("www.example.org.", Type.A);

    String faults = promtool(scrape.text());

    assertThat(faults.lines().filter(line -> !line.startsWith("jvm_"))).isEmpty();
  }

  private static String promtool(String text) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(PROMTOOL.toString(), "check", "metrics")
            .redirectErrorStream(true)
            .start();
    try (var input = process.getOutputStream()) {
      input.write(text.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private List<String> lines() {
    return Arrays.asList(scrape.text().split("\n"));
  }
}
