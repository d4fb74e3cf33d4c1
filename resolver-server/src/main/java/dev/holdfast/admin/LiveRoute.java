package dev.holdfast.admin;

import dev.holdfast.json.Json;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.CounterGroup;
import dev.holdfast.metrics.LatencySnapshot;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.metrics.ResponseCounts;
import dev.holdfast.operate.LatencyWindow;
import dev.holdfast.operate.NameStories;
import dev.holdfast.operate.NameStory;
import dev.holdfast.operate.Operator;
import dev.holdfast.operate.Phase;
import dev.holdfast.operate.ServerStatus;
import dev.holdfast.tap.Talkers;
import dev.holdfast.wire.Rcode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /live}: all that a page needs to show a server as it runs, in one small answer.
 * Counters only grow; who looks twice has rates. Confined to the admin's thread.
 */
public final class LiveRoute {

  private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final double THOUSAND = 1000;

  private final Operator operator;
  private final List<LoopCounters> loops;
  private final LatencyWindow window;
  private final Supplier<Phase> phase;
  private final String version;
  private final @Nullable Talkers talkers;

  private LiveRoute(
      Operator operator,
      List<LoopCounters> loops,
      LatencyWindow window,
      Supplier<Phase> phase,
      String version,
      @Nullable Talkers talkers) {
    this.operator = operator;
    this.loops = List.copyOf(loops);
    this.window = window;
    this.phase = phase;
    this.version = version;
    this.talkers = talkers;
  }

  /** The route of one server. */
  public static AdminRoute of(
      Operator operator,
      List<LoopCounters> loops,
      LatencyWindow window,
      Supplier<Phase> phase,
      String version,
      @Nullable Talkers talkers) {
    LiveRoute live = new LiveRoute(operator, loops, window, phase, version, talkers);
    return new AdminRoute("GET", "/live", request -> AdminResponse.ok(live.body()));
  }

  private Map<String, Object> body() {
    ServerStatus status = operator.status().read();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("now", status.now());
    body.put("version", version);
    body.put("phase", Json.key(phase.get()));
    body.put("uptime_seconds", status.uptime().toSeconds());
    body.put("queries", CounterGroup.QUERIES.sums(loops));
    body.put("answers", CounterGroup.ANSWERS.sums(loops));
    body.put("rcodes", rcodes());
    body.put("rejected", CounterGroup.REJECTED.sums(loops));
    body.put("dropped", CounterGroup.DROPPED.sums(loops));
    body.put("limits_reached", CounterGroup.LIMIT_REACHED.sums(loops));
    body.put("absences", absences());
    body.put("upstream_queries", sum(Counter.UPSTREAM_QUERIES));
    body.put("clients_waiting", status.waiting());
    body.put("questions_in_flight", status.inFlight());
    body.put("failures_remembered", status.failuresRemembered());
    body.put("latency", latency(window.read()));
    body.put("cache", StatusJson.cache(status.cache()));
    body.put("journal", StatusJson.journal(status.journal()));
    body.put("routes", status.routes().stream().map(RoutesJson::of).toList());
    body.put("names", names(operator.names().read()));
    if (talkers != null) {
      body.put("talkers", talkers(talkers.read()));
    }
    return body;
  }

  private Map<String, Long> rcodes() {
    Map<String, Long> rcodes = new LinkedHashMap<>();
    for (int rcode = 0; rcode < ResponseCounts.RCODES; rcode++) {
      long count = 0;
      for (LoopCounters loop : loops) {
        count += loop.responses().get(/* stream= */ false, rcode);
        count += loop.responses().get(/* stream= */ true, rcode);
      }
      if (count > 0 || rcode <= Rcode.REFUSED) {
        rcodes.put(Rcode.toText(rcode), count);
      }
    }
    return rcodes;
  }

  private Map<String, Long> absences() {
    Map<String, Long> absences = new LinkedHashMap<>();
    absences.put("disputed", sum(Counter.ANSWERS_DISPUTED));
    absences.put("disagreed", sum(Counter.UPSTREAMS_DISAGREE));
    absences.put("held", sum(Counter.ABSENCES_HELD));
    absences.put("would_have_held", sum(Counter.ABSENCES_WOULD_HAVE_HELD));
    absences.put("returned", sum(Counter.NAMES_RETURNED));
    return absences;
  }

  private long sum(Counter counter) {
    return LoopCounters.sum(loops, Set.of(counter));
  }

  private static Map<String, Object> latency(LatencyWindow.Latencies latencies) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("window_seconds", rounded(latencies.nanos() / NANOS_PER_SECOND));
    body.put("hit", percentiles(latencies.hits()));
    body.put("miss", percentiles(latencies.misses()));
    return body;
  }

  private static Map<String, @Nullable Object> percentiles(LatencySnapshot latencies) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    long count = latencies.count();
    body.put("count", count);
    body.put("p50_millis", count == 0 ? null : millis(latencies, 0.5));
    body.put("p90_millis", count == 0 ? null : millis(latencies, 0.9));
    body.put("p99_millis", count == 0 ? null : millis(latencies, 0.99));
    body.put("p999_millis", count == 0 ? null : millis(latencies, 0.999));
    return body;
  }

  private static double millis(LatencySnapshot latencies, double share) {
    return latencies.quantileNanos(share) / NANOS_PER_MILLI;
  }

  private static Map<String, Object> names(NameStories.Told told) {
    Map<String, Object> body = new LinkedHashMap<>();
    told.counts().forEach((state, count) -> body.put(Json.key(state), count));
    body.put("list", told.stories().stream().map(LiveRoute::story).toList());
    return body;
  }

  private static Map<String, @Nullable Object> story(NameStory story) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("name", story.name());
    body.put("type", story.type());
    body.put("state", Json.key(story.state()));
    body.put("since", story.since());
    body.put("until", story.until());
    body.put("why", story.why());
    body.put("answers", story.answers());
    body.put("records", story.records());
    return body;
  }

  private static Map<String, Object> talkers(Talkers.Top top) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("names", top.names().stream().map(each -> talker("name", each)).toList());
    body.put("clients", top.clients().stream().map(each -> talker("client", each)).toList());
    return body;
  }

  private static Map<String, Object> talker(String key, Talkers.Talker talker) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(key, talker.text());
    body.put("queries", talker.queries());
    return body;
  }

  private static double rounded(double value) {
    return Math.round(value * THOUSAND) / THOUSAND;
  }
}
