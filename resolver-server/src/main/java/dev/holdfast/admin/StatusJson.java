package dev.holdfast.admin;

import dev.holdfast.operate.JournalView;
import dev.holdfast.operate.ServerStatus;
import dev.holdfast.store.JournalError;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a server is doing as JSON, beside its counters. */
public final class StatusJson {

  private StatusJson() {}

  /** Returns the body of {@code GET /status} but for the counters. */
  public static Map<String, Object> of(ServerStatus status) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("now", status.now());
    body.put("uptime_seconds", status.uptime().toSeconds());
    body.put("clients_waiting", status.waiting());
    body.put("questions_in_flight", status.inFlight());
    body.put("failures_remembered", status.failuresRemembered());
    body.put("cache", cache(status.cache()));
    body.put("holds", holds(status.holding()));
    body.put("journal", journal(status.journal()));
    body.put("routes", status.routes().stream().map(RoutesJson::of).toList());
    return body;
  }

  static Map<String, Object> cache(ServerStatus.Cache cache) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("answers", cache.answers());
    body.put("size_bytes", cache.sizeBytes());
    body.put("max_size_bytes", cache.maxSizeBytes());
    body.put("evictions", cache.evictions());
    return body;
  }

  static Map<String, Object> journal(JournalView journal) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("enabled", journal.enabled());
    body.put("writing", journal.writing());
    body.put("lag_changes", journal.lagChanges());
    body.put("lag_millis", journal.lagMillis());
    body.put("size_bytes", journal.sizeBytes());
    body.put("max_size_bytes", journal.maxSizeBytes());
    JournalError error = journal.lastError();
    if (error != null) {
      body.put("last_error", Map.of("time", error.time(), "text", error.text()));
    }
    return body;
  }

  private static Map<String, Object> holds(ServerStatus.Holding holding) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("histories", holding.histories());
    body.put("histories_evicted", holding.evictions());
    body.put("held", holding.held());
    body.put("would_have_held", holding.wouldHaveHeld());
    body.put("released", holding.released());
    body.put("pinned", holding.pinned());
    body.put(
        "examples",
        holding.examples().stream()
            .map(each -> Map.of("question", each.question(), "vanished", each.vanished()))
            .toList());
    return body;
  }
}
