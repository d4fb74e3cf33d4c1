package dev.holdfast.cli;

import dev.holdfast.replay.Measure;
import dev.holdfast.replay.Replay;
import dev.holdfast.replay.Result;
import dev.holdfast.replay.Scenario;
import dev.holdfast.report.ResultTable;
import java.io.PrintWriter;
import java.util.Locale;

/** Says line by line which scenario begins and how each ended. Thread-safe. */
final class ReplayProgress implements Replay.Progress {

  private final PrintWriter out;
  private final int total;
  private final long startNanos = System.nanoTime();
  private int ended;

  ReplayProgress(PrintWriter out, int total) {
    this.out = out;
    this.total = total;
  }

  @Override
  public synchronized void started(Scenario scenario) {
    out.println(time() + "  plays  " + scenario.name() + ": " + scenario.sentence());
  }

  @Override
  public synchronized void ended(Scenario scenario, Result result) {
    ended++;
    String outcome = ResultTable.allMet(result) ? "ok" : "MISSED";
    String numbers =
        result.played()
            ? shown(Measure.GOOD, result) + ", " + shown(Measure.P99, result)
            : result.problem();
    out.println(
        "%s  ended  %s: %s, %s (%d of %d)"
            .formatted(time(), scenario.name(), outcome, numbers, ended, total));
  }

  /** Says that it is over. */
  synchronized void end() {
    out.println(time() + "  done");
    out.println();
  }

  private static String shown(Measure measure, Result result) {
    return measure.label() + " " + measure.format(measure.of(result));
  }

  private String time() {
    return String.format(Locale.ROOT, "%5.1f s", (System.nanoTime() - startNanos) / 1e9);
  }
}
