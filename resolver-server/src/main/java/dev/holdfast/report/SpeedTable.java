package dev.holdfast.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Servers of a comparison as rows, the fastest first. Stateless. */
final class SpeedTable {

  static final List<String> HEAD =
      List.of(
          "server",
          "cached/s",
          "of echo",
          "lost %",
          "µs/query at rate",
          "p50 µs",
          "p99 µs",
          "p99.9 µs",
          "misses/s",
          "µs/miss",
          "miss p99 ms",
          "start ms",
          "idle MB",
          "100k names MB");

  private static final String ECHO = "echo";
  private static final double MICROS = 1000;
  private static final double MEBIBYTE = 1 << 20;

  private SpeedTable() {}

  /** The servers, those with the most cached answers first. */
  static List<SpeedFigures> sorted(List<SpeedFigures> servers) {
    return servers.stream().sorted(Comparator.comparingDouble(each -> -cached(each))).toList();
  }

  static double cached(SpeedFigures server) {
    double rate = server.median(SpeedFigures.CACHED, "answersPerSecond");
    return Double.isNaN(rate) ? 0 : rate;
  }

  /** The cells of a server's row. */
  static List<String> cells(SpeedFigures server, List<SpeedFigures> all) {
    double limit =
        all.stream()
            .filter(each -> each.server().equals(ECHO))
            .mapToDouble(SpeedTable::cached)
            .findFirst()
            .orElse(Double.NaN);
    List<String> cells = new ArrayList<>();
    cells.add(server.server());
    cells.add(cell("%,.0f", server.median(SpeedFigures.CACHED, "answersPerSecond")));
    cells.add(cell("%.2f", server.median(SpeedFigures.CACHED, "answersPerSecond") / limit));
    cells.add(cell("%.3f", server.lostPercent(SpeedFigures.CACHED)));
    cells.add(cell("%.2f", server.median(SpeedFigures.STEADY, "serverCpuMicros")));
    cells.add(cell("%.0f", MICROS * server.millis(SpeedFigures.STEADY, "50.0")));
    cells.add(cell("%.0f", MICROS * server.millis(SpeedFigures.STEADY, "99.0")));
    cells.add(cell("%.0f", MICROS * server.millis(SpeedFigures.STEADY, "99.9")));
    cells.add(cell("%,.0f", server.median(SpeedFigures.MISSES, "answersPerSecond")));
    cells.add(cell("%.2f", server.median(SpeedFigures.MISSES, "serverCpuMicros")));
    cells.add(cell("%.2f", server.millis(SpeedFigures.MISS_LATENCY, "99.0")));
    cells.add(cell("%.0f", server.started("startMillis")));
    cells.add(cell("%.0f", server.started("idleMegabytes")));
    cells.add(cell("%.0f", server.median(SpeedFigures.CACHED, "serverBytes") / MEBIBYTE));
    return cells;
  }

  /** The table as text. */
  static List<String> lines(List<SpeedFigures> servers) {
    List<String> lines = new ArrayList<>();
    lines.add(line(HEAD));
    sorted(servers).forEach(each -> lines.add(line(cells(each, servers))));
    return lines;
  }

  private static String line(List<String> cells) {
    StringBuilder line = new StringBuilder(String.format("%-14s", cells.getFirst()));
    for (int i = 1; i < cells.size(); i++) {
      String cell = cells.get(i);
      line.append("  ").append(" ".repeat(Math.max(HEAD.get(i).length() - cell.length(), 0)));
      line.append(cell);
    }
    return line.toString();
  }

  private static String cell(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }
}
