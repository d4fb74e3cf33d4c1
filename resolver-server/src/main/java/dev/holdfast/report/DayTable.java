package dev.holdfast.report;

import dev.holdfast.replay.DayResult;
import dev.holdfast.replay.Outcome;
import dev.holdfast.replay.Unit;
import java.util.List;
import java.util.stream.IntStream;

/** A replayed day in one row. Stateless. */
public final class DayTable {

  static final List<String> HEAD =
      List.of(
          "answers",
          "seconds with wrong answers",
          "wrong",
          "stale",
          "held",
          "failed or silent",
          "upstream queries/s",
          "at most",
          "all fresh after");

  private DayTable() {}

  static List<String> cells(DayResult day) {
    double failed =
        day.percent(Outcome.FAILED) + day.percent(Outcome.SILENT) + day.percent(Outcome.MALFORMED);
    return List.of(
        Unit.COUNT.format(day.total()),
        Unit.COUNT.format(day.wrongSeconds()),
        Unit.PERCENT.format(day.percent(Outcome.WRONG)),
        Unit.PERCENT.format(day.percent(Outcome.STALE)),
        Unit.PERCENT.format(day.percent(Outcome.HELD)),
        Unit.PERCENT.format(failed),
        Unit.RATIO.format(day.upstreamPerSecond()),
        Unit.RATIO.format(day.upstreamPeakPerSecond()),
        Unit.SECONDS.format(day.freshAfterSeconds()));
  }

  /** One line for each number. */
  public static List<String> lines(DayResult day) {
    List<String> cells = cells(day);
    return IntStream.range(0, cells.size())
        .mapToObj(i -> "%-28s %s".formatted(HEAD.get(i), cells.get(i)))
        .toList();
  }
}
