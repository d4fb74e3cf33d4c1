package dev.holdfast.report;

import dev.holdfast.replay.Bar;
import dev.holdfast.replay.Measure;
import dev.holdfast.replay.Result;
import dev.holdfast.replay.Scenario;
import dev.holdfast.replay.Scenarios;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Results as a plain table, with what was missed below the rows that miss it. Stateless. */
public final class ResultTable {

  private static final List<String> HEAD =
      List.of(
          "scenario",
          "good",
          "wrong",
          "p50",
          "p99",
          "asked up",
          "fresh after",
          "EDE",
          "new name",
          "then",
          "");

  private ResultTable() {}

  /** The table of one server's results. */
  public static List<String> lines(List<Result> results) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    results.forEach(result -> rows.add(cells(result)));
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(HEAD, widths));
    for (int i = 0; i < results.size(); i++) {
      lines.add(line(rows.get(i + 1), widths));
      Result result = results.get(i);
      if (!result.played()) {
        lines.add("    not played: " + result.problem());
      }
      missed(result).forEach(bar -> lines.add("    missed: " + bar.describe(result)));
    }
    return lines;
  }

  /** Results in one line: how many scenarios met all demands. */
  public static String summary(List<Result> results) {
    long met = results.stream().filter(ResultTable::allMet).count();
    return met + " of " + results.size() + " scenarios as demanded";
  }

  /** Whether the scenario was played and everything demanded was met. */
  public static boolean allMet(Result result) {
    return result.played() && missed(result).isEmpty();
  }

  /** The demands that a result missed; none for a scenario that is not known any more. */
  static List<Bar> missed(Result result) {
    Scenario scenario = Scenarios.named(result.scenario());
    return scenario == null || !result.played() ? List.of() : result.missed(scenario);
  }

  /** The extended errors of a result in one word: {@code 3,22}. */
  static String extendedErrors(Result result) {
    List<Integer> codes = result.extendedErrors();
    return codes.isEmpty()
        ? "-"
        : codes.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static List<String> cells(Result result) {
    return List.of(
        result.scenario(),
        cell(Measure.GOOD, result),
        cell(Measure.WRONG, result),
        cell(Measure.P50, result),
        cell(Measure.P99, result),
        cell(Measure.UPSTREAM_RATIO, result),
        cell(Measure.FRESH_AFTER, result),
        extendedErrors(result),
        cell(Measure.UNSEEN, result),
        cell(Measure.UNSEEN_LATER, result),
        allMet(result) ? "ok" : "MISSED");
  }

  private static String cell(Measure measure, Result result) {
    return measure.format(measure.of(result));
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String padding = " ".repeat(widths[i] - cells.get(i).length());
      boolean left = i == 0 || i == cells.size() - 1;
      line.append(left ? cells.get(i) + padding : padding + cells.get(i)).append("  ");
    }
    return line.toString().stripTrailing();
  }
}
