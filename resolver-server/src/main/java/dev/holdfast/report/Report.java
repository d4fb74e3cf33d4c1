package dev.holdfast.report;

import dev.holdfast.replay.DayResult;
import dev.holdfast.replay.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one server.
 *
 * @param server what it is called
 * @param results of the scenarios that were played
 * @param day null when it was not played
 */
public record Report(String server, List<Result> results, @Nullable DayResult day) {

  public Report {
    results = List.copyOf(results);
  }

  /** Puts together what was measured of the same server at different times. */
  public static List<Report> merged(List<Report> reports) {
    Map<String, Report> byServer = new LinkedHashMap<>();
    reports.forEach(report -> byServer.merge(report.server, report, Report::with));
    return List.copyOf(byServer.values());
  }

  private Report with(Report later) {
    List<Result> all = new ArrayList<>(results);
    all.addAll(later.results);
    return new Report(server, all, later.day == null ? day : later.day);
  }

  /** Returns the result of a scenario, or null. */
  @Nullable Result result(String scenario) {
    return results.stream()
        .filter(result -> result.scenario().equals(scenario))
        .findFirst()
        .orElse(null);
  }
}
