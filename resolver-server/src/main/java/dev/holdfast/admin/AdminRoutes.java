package dev.holdfast.admin;

import dev.holdfast.json.Json;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The routes that every server has. */
public final class AdminRoutes {

  private AdminRoutes() {}

  /** {@code GET /metrics}: what a scrape reads. */
  public static AdminRoute metrics(String contentType, Supplier<String> text) {
    return new AdminRoute(
        "GET", "/metrics", request -> new AdminResponse(200, contentType, text.get()));
  }

  /** {@code GET /status}: all counters by name, and whatever else {@code details} knows. */
  public static AdminRoute status(List<LoopCounters> loops, Supplier<Map<String, ?>> details) {
    List<LoopCounters> added = List.copyOf(loops);
    return new AdminRoute(
        "GET",
        "/status",
        request -> {
          Map<String, Object> body = new LinkedHashMap<>(details.get());
          body.put("counters", totals(added));
          return AdminResponse.ok(body);
        });
  }

  /** Every counter's sum over the loops, by its name in lower case. */
  static Map<String, Long> totals(List<LoopCounters> loops) {
    Map<String, Long> totals = new LinkedHashMap<>();
    for (Counter counter : Counter.values()) {
      long sum = LoopCounters.sum(loops, Set.of(counter));
      totals.put(Json.key(counter), sum);
    }
    return totals;
  }
}
