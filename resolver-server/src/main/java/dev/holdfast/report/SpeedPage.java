package dev.holdfast.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A comparison of servers as a table and as one HTML page that needs nothing but itself. Stateless.
 */
public final class SpeedPage {

  /** Where a folder tells on what machine, of what versions and how its figures were measured. */
  private static final String ENVIRONMENT = "environment.txt";

  private static final int BAR_HEIGHT = 18;
  private static final int BAR_GAP = 6;
  private static final int NAME_WIDTH = 120;
  private static final int VALUE_WIDTH = 90;
  private static final double MICROS = 1000;
  private static final double MEBIBYTE = 1 << 20;

  private SpeedPage() {}

  /** Returns the table of what a folder holds. */
  public static List<String> table(Path folder) throws IOException {
    return SpeedTable.lines(SpeedFigures.read(folder));
  }

  /** Writes the page of what a folder holds. */
  public static void write(Path file, Path folder) throws IOException {
    Path environment = folder.resolve(ENVIRONMENT);
    List<String> notes =
        Files.isReadable(environment) ? Files.readAllLines(environment) : List.of();
    Files.writeString(file, html(SpeedTable.sorted(SpeedFigures.read(folder)), notes));
  }

  private static String html(List<SpeedFigures> servers, List<String> notes) {
    StringBuilder html = new StringBuilder(1 << 16);
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>Speed of ");
    html.append("resolvers</title>\n<style>\n").append(Page.style());
    html.append("</style>\n</head>\n<body>\n<h1>Speed of resolvers</h1>\n<p>Medians of the rounds");
    html.append(" of one run: each server alone on one core with one thread, the load on the");
    html.append(" other. The echo shows what the sockets allow.</p>\n");
    notes.forEach(note -> html.append("<p>").append(Page.escape(note)).append("</p>\n"));
    appendTable(html, servers);
    bars(html, servers, "Cached answers per second", "%,.0f", SpeedTable::cached);
    bars(
        html,
        servers,
        "Processor time per query at a steady rate, µs",
        "%.1f",
        each -> each.median(SpeedFigures.STEADY, "serverCpuMicros"));
    for (String percentile : List.of("50.0", "99.0", "99.9")) {
      bars(
          html,
          servers,
          "Latency at a steady rate, percentile " + percentile + ", µs",
          "%,.0f",
          each -> MICROS * each.millis(SpeedFigures.STEADY, percentile));
    }
    bars(
        html,
        servers,
        "Misses per second, through a fast upstream",
        "%,.0f",
        each -> each.median(SpeedFigures.MISSES, "answersPerSecond"));
    bars(
        html,
        servers,
        "Processor time per miss, µs",
        "%.1f",
        each -> each.median(SpeedFigures.MISSES, "serverCpuMicros"));
    for (String percentile : List.of("50.0", "99.0")) {
      bars(
          html,
          servers,
          "Latency of misses at a steady rate, percentile " + percentile + ", µs",
          "%,.0f",
          each -> MICROS * each.millis(SpeedFigures.MISS_LATENCY, percentile));
    }
    bars(html, servers, "Memory when idle, MB", "%,.0f", each -> each.started("idleMegabytes"));
    bars(
        html,
        servers,
        "Memory with all names cached, MB",
        "%,.0f",
        each -> each.median(SpeedFigures.CACHED, "serverBytes") / MEBIBYTE);
    bars(
        html,
        servers,
        "From exec to the first answer, ms",
        "%,.0f",
        each -> each.started("startMillis"));
    return html.append("</body>\n</html>\n").toString();
  }

  private static void appendTable(StringBuilder html, List<SpeedFigures> servers) {
    html.append("<div class=\"wide\"><table>\n<thead><tr>");
    SpeedTable.HEAD.forEach(head -> html.append("<th>").append(head).append("</th>"));
    html.append("</tr></thead>\n<tbody>\n");
    for (SpeedFigures server : servers) {
      html.append("<tr>");
      SpeedTable.cells(server, servers)
          .forEach(cell -> html.append("<td>").append(Page.escape(cell)).append("</td>"));
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private static void bars(
      StringBuilder html,
      List<SpeedFigures> servers,
      String title,
      String format,
      ToDoubleFunction<SpeedFigures> of) {
    List<SpeedFigures> known = servers.stream().filter(each -> of.applyAsDouble(each) > 0).toList();
    if (known.isEmpty()) {
      return;
    }
    double most = known.stream().mapToDouble(of).max().orElse(1);
    int height = known.size() * (BAR_HEIGHT + BAR_GAP);
    html.append("<h2>").append(Page.escape(title)).append("</h2>\n");
    Svg svg = new Svg(height, 0, 1, title);
    double y = 0;
    for (SpeedFigures server : known) {
      double value = of.applyAsDouble(server);
      double width = (Svg.WIDTH - NAME_WIDTH - VALUE_WIDTH) * value / most;
      svg.text("end", NAME_WIDTH - 8, y + BAR_HEIGHT - 5, server.server());
      svg.rect(
          server.server().startsWith("holdfast") ? "b-fresh" : "asked",
          NAME_WIDTH,
          y,
          width,
          BAR_HEIGHT);
      svg.text(
          "start",
          NAME_WIDTH + width + 6,
          y + BAR_HEIGHT - 5,
          String.format(Locale.ROOT, format, value));
      y += BAR_HEIGHT + BAR_GAP;
    }
    html.append(svg.end());
  }
}
