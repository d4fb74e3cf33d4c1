package dev.holdfast.admin;

import dev.holdfast.lists.ListStatus;
import dev.holdfast.operate.JournalView;
import dev.holdfast.operate.ServerStatus;
import dev.holdfast.store.JournalError;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
    body.put("lists", status.lists().stream().map(StatusJson::list).toList());
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

  private static Map<String, @Nullable Object> list(ListStatus list) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("name", list.name());
    body.put("kind", list.kind());
    body.put("file", list.file());
    body.put("entries", list.entries());
    body.put("size_bytes", list.sizeBytes());
    body.put("loaded", list.loaded());
    body.put("ignored_lines", list.ignoredLines());
    body.put("cut_entries", list.cutEntries());
    body.put("problem", list.problem());
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
