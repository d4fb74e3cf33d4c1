package dev.holdfast.report;

import dev.holdfast.replay.Bar;
import dev.holdfast.replay.Day;
import dev.holdfast.replay.DayResult;
import dev.holdfast.replay.Measure;
import dev.holdfast.replay.Names;
import dev.holdfast.replay.Outcome;
import dev.holdfast.replay.Pace;
import dev.holdfast.replay.Result;
import dev.holdfast.replay.Scenario;
import dev.holdfast.replay.Scenarios;
import dev.holdfast.replay.Unit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reports side by side as one HTML page that needs nothing but itself, light or dark as its reader
 * likes it. Stateless.
 */
public final class Page {

  private static final String STYLE = "page.css";

  private Page() {}

  /** Writes the page. */
  public static void write(Path file, List<Report> reports) throws IOException {
    Files.writeString(file, html(reports));
  }

  static String html(List<Report> reports) {
    StringBuilder html = new StringBuilder(1 << 20);
    String servers = reports.stream().map(Report::server).collect(Collectors.joining(", "));
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>Outage replay: ");
    html.append(escape(servers)).append("</title>\n<style>\n").append(style());
    html.append("</style>\n</head>\n<body>\n<h1>Outage replay</h1>\n<p>");
    html.append(escape(servers)).append("</p>\n");
    List<String> scenarios = scenarios(reports);
    if (!scenarios.isEmpty()) {
      appendIntroduction(html);
      appendSummary(
          html, reports.stream().filter(each -> !each.results().isEmpty()).toList(), scenarios);
    }
    appendLegend(html);
    if (reports.stream().anyMatch(report -> report.day() != null)) {
      appendDay(html, reports);
    }
    scenarios.forEach(scenario -> appendScenario(html, scenario, reports));
    return html.append("</body>\n</html>\n").toString();
  }

  private static void appendIntroduction(StringBuilder html) {
    html.append("<p>Each scenario: a fresh server with two upstreams learns ")
        .append(Names.KNOWN)
        .append(" names, the upstreams break, everything expires, each name is asked for again and")
        .append(" again, the upstreams heal with new addresses. Good is the right address within ")
        .append(Unit.SECONDS.format(Pace.FULL.goodMillis() / 1000.0))
        .append(".</p>\n");
  }

  private static void appendSummary(
      StringBuilder html, List<Report> reports, List<String> scenarios) {
    List<Measure> measures =
        reports.size() == 1
            ? List.of(
                Measure.GOOD,
                Measure.WRONG,
                Measure.P50,
                Measure.P99,
                Measure.UPSTREAM_RATIO,
                Measure.FRESH_AFTER,
                Measure.UNSEEN,
                Measure.UNSEEN_LATER)
            : List.of(Measure.GOOD, Measure.P99, Measure.FRESH_AFTER);
    html.append("<div class=\"wide\"><table>\n<thead>\n<tr><th rowspan=\"2\">scenario</th>");
    for (Report report : reports) {
      html.append("<th class=\"server\" colspan=\"").append(measures.size() + 1).append("\">");
      html.append(escape(report.server())).append("</th>");
    }
    html.append("</tr>\n<tr>");
    for (int i = 0; i < reports.size(); i++) {
      html.append("<th class=\"server\">as demanded</th>");
      measures.forEach(measure -> html.append("<th>").append(measure.label()).append("</th>"));
    }
    html.append("</tr>\n</thead>\n<tbody>\n");
    for (String scenario : scenarios) {
      html.append("<tr><td><a href=\"#").append(escape(scenario)).append("\">");
      html.append(escape(scenario)).append("</a></td>");
      reports.forEach(report -> appendCells(html, report.result(scenario), measures));
      html.append("</tr>\n");
    }
    html.append("</tbody>\n</table></div>\n");
  }

  private static void appendCells(
      StringBuilder html, @Nullable Result result, List<Measure> measures) {
    if (result == null || !result.played()) {
      html.append("<td class=\"server\">").append(result == null ? "" : "not played");
      html.append("</td><td colspan=\"").append(measures.size()).append("\">");
      html.append(result == null ? "" : escape(result.problem())).append("</td>");
      return;
    }
    List<Bar> missed = ResultTable.missed(result);
    html.append("<td class=\"server ").append(missed.isEmpty() ? "met\">yes" : "missed\">no");
    html.append("</td>");
    for (Measure measure : measures) {
      boolean bad = missed.stream().anyMatch(bar -> bar.measure() == measure);
      html.append(bad ? "<td class=\"missed\">" : "<td>");
      html.append(measure.format(measure.of(result))).append("</td>");
    }
  }

  private static void appendLegend(StringBuilder html) {
    html.append("<ul class=\"legend\">\n");
    for (Outcome outcome : Outcome.values()) {
      html.append("<li><i class=\"b-").append(outcome.label()).append("\"></i><b>");
      html.append(outcome.label()).append("</b> ").append(outcome.sentence()).append("</li>\n");
    }
    html.append("</ul>\n");
  }

  private static void appendDay(StringBuilder html, List<Report> reports) {
    html.append("<section id=\"day\">\n<h2>day</h2>\n<p>").append(escape(Day.SENTENCE));
    html.append("</p>\n<div class=\"wide\"><table>\n<thead><tr><th>server</th>");
    DayTable.HEAD.forEach(head -> html.append("<th>").append(escape(head)).append("</th>"));
    html.append("</tr></thead>\n<tbody>\n");
    for (Report report : reports) {
      DayResult day = report.day();
      if (day != null) {
        html.append("<tr><td>").append(escape(report.server())).append("</td>");
        DayTable.cells(day).forEach(cell -> html.append("<td>").append(cell).append("</td>"));
        html.append("</tr>\n");
      }
    }
    html.append("</tbody></table></div>\n");
    for (Report report : reports) {
      DayResult day = report.day();
      if (day != null) {
        html.append("<h3>").append(escape(report.server())).append("</h3>\n");
        html.append(DayPlot.svg(day));
      }
    }
    html.append("</section>\n");
  }

  private static void appendScenario(StringBuilder html, String name, List<Report> reports) {
    Scenario scenario = Scenarios.named(name);
    html.append("<section id=\"").append(escape(name)).append("\">\n<h2>");
    html.append(escape(name)).append("</h2>\n");
    if (scenario != null) {
      html.append("<p>").append(escape(scenario.sentence())).append("</p>\n");
    }
    List<Result> results =
        reports.stream().map(report -> report.result(name)).filter(Objects::nonNull).toList();
    double endMillis = ScenarioPlot.endMillis(results);
    for (Report report : reports) {
      Result result = report.result(name);
      if (result == null) {
        continue;
      }
      html.append("<h3>").append(escape(report.server())).append("</h3>\n");
      if (!result.played()) {
        html.append("<p class=\"missed\">not played: ").append(escape(result.problem()));
        html.append("</p>\n");
        continue;
      }
      html.append(ScenarioPlot.svg(result, endMillis));
      appendDemands(html, scenario, result);
    }
    html.append("</section>\n");
  }

  private static void appendDemands(
      StringBuilder html, @Nullable Scenario scenario, Result result) {
    if (scenario == null) {
      return;
    }
    html.append("<ul class=\"demands\">");
    for (Bar bar : scenario.bars()) {
      html.append("<li class=\"").append(bar.isMet(result) ? "met" : "missed").append("\">");
      html.append(escape(bar.describe(result)).replace("&gt;=", "≥").replace("&lt;=", "≤"));
      html.append("</li>");
    }
    html.append("</ul>\n");
  }

  /** All scenarios of all reports, in the order of the first that has them. */
  private static List<String> scenarios(List<Report> reports) {
    List<String> names = new ArrayList<>();
    for (Report report : reports) {
      report.results().stream()
          .map(Result::scenario)
          .filter(name -> !names.contains(name))
          .forEach(names::add);
    }
    return names;
  }

  static String style() {
    try (var in = Objects.requireNonNull(Page.class.getResourceAsStream(STYLE), STYLE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a text fit for HTML. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
