package dev.holdfast.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** How a server is doing on one screen, made of two looks at it. Used once. */
final class StatusScreen {

  private static final double BYTES_PER_MIB = 1 << 20;
  private static final double MILLIS_PER_SECOND = 1000;

  /** A line of the table, and the counters that add up to it. */
  private record Row(String label, boolean share, List<String> counters) {

    static Row answers(String label, String... counters) {
      return new Row(label, true, List.of(counters));
    }

    static Row events(String label, String... counters) {
      return new Row(label, false, List.of(counters));
    }
  }

  private static final Row QUERIES = Row.events("queries", "queries_udp", "queries_tcp");

  private static final List<Row> ANSWERS =
      List.of(
          Row.answers("fresh from the cache", "answers_fresh"),
          Row.answers("from upstreams", "answers_upstream"),
          Row.answers("stale", "answers_stale"),
          Row.answers("held or pinned", "answers_held"),
          Row.answers("local names", "answers_local"),
          Row.answers("blocked", "answers_blocked"),
          Row.answers("failures", "answers_failure", "answers_failure_remembered"),
          Row.answers(
              "refused or malformed",
              "rejected_access",
              "rejected_refused",
              "rejected_malformed",
              "rejected_not_implemented"));

  private static final List<Row> EVENTS =
      List.of(
          Row.events("upstream queries", "upstream_queries"),
          Row.events("  timeouts", "upstream_timeouts"),
          Row.events("  unreachable", "upstream_refused_connections", "upstream_network_errors"),
          Row.events("  error replies", "upstream_error_replies"),
          Row.events("  malformed replies", "upstream_malformed"),
          Row.events("  hedges", "hedges_sent"),
          Row.events("  hedges that won", "hedges_won"),
          Row.events("probes", "probes_sent"),
          Row.events("refreshes queued", "stale_refreshes_queued"),
          Row.events("absences disputed", "answers_disputed"),
          Row.events("  upstreams disagreed", "upstreams_disagree"),
          Row.events("  held", "absences_held"),
          Row.events("  would have held", "absences_would_have_held"));

  private final Fields before;
  private final Fields now;
  private final TimeText times;
  private final double seconds;
  private final List<String> lines = new ArrayList<>();

  StatusScreen(Fields before, Fields now) {
    this.before = before;
    this.now = now;
    Instant end = Objects.requireNonNullElse(now.time("now"), Instant.EPOCH);
    Instant start = Objects.requireNonNullElse(before.time("now"), end);
    this.times = new TimeText(end);
    this.seconds = Math.max(1, Duration.between(start, end).toMillis()) / MILLIS_PER_SECOND;
  }

  /** Returns the lines, without line ends. */
  List<String> lines() {
    add(
        String.format(
            Locale.ROOT,
            "up %s",
            TimeText.length(Duration.ofSeconds(now.number("uptime_seconds")))));
    add(
        String.format(
            Locale.ROOT,
            "%d clients wait for %d questions in flight, %d failures remembered",
            now.number("clients_waiting"),
            now.number("questions_in_flight"),
            now.number("failures_remembered")));
    cache();
    holds();
    journal();
    lists();
    add("");
    add(
        String.format(
            Locale.ROOT, "%-24s %12s %8s %14s %8s", "", "per second", "now", "so far", "share"));
    row(QUERIES);
    ANSWERS.forEach(this::row);
    add("");
    EVENTS.forEach(this::row);
    add("");
    upstreams();
    return lines;
  }

  private void cache() {
    Fields cache = now.object("cache");
    add(
        String.format(
            Locale.ROOT,
            "cache: %,d answers, %.1f of %.1f MiB, %,d pushed out",
            cache.number("answers"),
            cache.number("size_bytes") / BYTES_PER_MIB,
            cache.number("max_size_bytes") / BYTES_PER_MIB,
            cache.number("evictions")));
  }

  private void holds() {
    Fields holds = now.object("holds");
    add(
        String.format(
            Locale.ROOT,
            "holds: %d held, %d would have been, %d released, %d pinned; %,d names known over time",
            holds.number("held"),
            holds.number("would_have_held"),
            holds.number("released"),
            holds.number("pinned"),
            holds.number("histories")));
    for (Fields held : holds.objects("examples")) {
      add(
          String.format(
              Locale.ROOT,
              "  held: %s, gone since %s",
              held.text("question"),
              times.at(held.time("vanished"))));
    }
  }

  private void lists() {
    for (Fields list : now.objects("lists")) {
      String loaded =
          list.has("loaded") ? "read " + times.distance(list.time("loaded")) : "NOT READ";
      add(
          String.format(
              Locale.ROOT,
              "%s %s: %,d entries, %s, %,d lines ignored",
              list.text("kind"),
              list.text("name").equals("hosts") ? list.text("file") : list.text("name"),
              list.number("entries"),
              loaded,
              list.number("ignored_lines")));
      if (list.has("problem")) {
        add("  NOT USED as it is now: " + list.text("problem"));
      }
    }
  }

  private void journal() {
    Fields journal = now.object("journal");
    if (!journal.isTrue("enabled")) {
      add("journal: off, a restart begins with nothing");
      return;
    }
    add(
        String.format(
            Locale.ROOT,
            "journal: %s, %.1f of %.1f MiB, %,d changes behind (%d ms), %,d dropped",
            journal.isTrue("writing") ? "writing" : "NOT WRITING",
            journal.number("size_bytes") / BYTES_PER_MIB,
            journal.number("max_size_bytes") / BYTES_PER_MIB,
            journal.number("lag_changes"),
            journal.number("lag_millis"),
            now.object("counters").number("journal_dropped")));
    Fields error = journal.object("last_error");
    if (error.time("time") != null) {
      add("  last error at " + times.at(error.time("time")) + ": " + error.text("text"));
    }
  }

  private void row(Row row) {
    long total = sum(row, now);
    long recent = total - sum(row, before);
    String recentShare = row.share ? percent(recent, recentAnswers()) : "";
    String share = row.share ? percent(total, answers(now)) : "";
    String label = row.share ? "  " + row.label : row.label;
    add(
        String.format(
            Locale.ROOT,
            "%-24s %,12.1f %8s %,14d %8s",
            label,
            recent / seconds,
            recentShare,
            total,
            share));
  }

  private long recentAnswers() {
    return answers(now) - answers(before);
  }

  private static long answers(Fields status) {
    return ANSWERS.stream().mapToLong(row -> sum(row, status)).sum();
  }

  private static long sum(Row row, Fields status) {
    Fields counters = status.object("counters");
    return row.counters.stream().mapToLong(counters::number).sum();
  }

  private void upstreams() {
    for (Fields route : now.objects("routes")) {
      for (Fields upstream : route.objects("upstreams")) {
        Fields transport = upstream.object(upstream.text("transport"));
        add(
            String.format(
                Locale.ROOT,
                "%-20s %-28s %-7s %-3s %8.1f ms  %d in flight, %,d replies, %,d errors, %,d lost",
                route.text("suffix"),
                upstream.text("address"),
                upstream.text("state"),
                upstream.text("transport"),
                upstream.decimal("rtt_millis"),
                upstream.number("in_flight"),
                transport.number("replies"),
                transport.number("error_replies"),
                lost(transport)));
      }
    }
  }

  private static long lost(Fields transport) {
    return transport.number("timeout")
        + transport.number("refused_connection")
        + transport.number("network_error");
  }

  private void add(String line) {
    lines.add(line.stripTrailing());
  }

  private static String percent(long part, long whole) {
    return whole <= 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }
}
