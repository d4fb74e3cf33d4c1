package dev.holdfast.report;

import dev.holdfast.replay.DayResult;
import dev.holdfast.replay.Outcome;
import java.util.List;
import java.util.Locale;

/**
 * A replayed day over time: what answers were worth and how often upstreams were asked. Stateless.
 */
final class DayPlot {

  private static final int SHARES_TOP = 18;
  private static final int SHARES_HEIGHT = 120;
  private static final int ASKED_TOP = 152;
  private static final int ASKED_HEIGHT = 50;
  private static final int HEIGHT = 226;
  private static final double AXIS_SECONDS = 1800;

  private DayPlot() {}

  static String svg(DayResult day) {
    int slots = day.upstreamQueries().size();
    double end = day.startSecond() + slots * day.slotSeconds();
    Svg svg =
        new Svg(HEIGHT, day.startSecond(), end, "answers and upstream queries through the day");
    svg.frame(SHARES_TOP, SHARES_HEIGHT);
    svg.text("end", Svg.LEFT - 6, SHARES_TOP + SHARES_HEIGHT / 2.0 + 4, "answers");
    svg.frame(ASKED_TOP, ASKED_HEIGHT);
    double width = svg.x(day.startSecond() + day.slotSeconds()) - Svg.LEFT;
    double most = day.upstreamQueries().stream().mapToDouble(each -> each).max().orElse(0);
    svg.text("end", Svg.LEFT - 6, ASKED_TOP + 9, Svg.number(most / day.slotSeconds()) + "/s");
    svg.text("end", Svg.LEFT - 6, ASKED_TOP + 24, "asked up");
    for (int slot = 0; slot < slots; slot++) {
      double x = svg.x(day.startSecond() + slot * day.slotSeconds());
      appendShares(svg, day, slot, x, width);
      double height = ASKED_HEIGHT * day.upstreamQueries().get(slot) / Math.max(most, 1);
      svg.rect("asked", x, ASKED_TOP + ASKED_HEIGHT - height, width + 0.2, height);
    }
    mark(svg, day.goneSecond(), "records gone");
    mark(svg, day.backSecond(), "records back");
    svg.axis(ASKED_TOP + ASKED_HEIGHT, AXIS_SECONDS, DayPlot::clock);
    return svg.end();
  }

  private static void appendShares(Svg svg, DayResult day, int slot, double x, double width) {
    double total = 0;
    for (Outcome outcome : Outcome.values()) {
      total += count(day, outcome, slot);
    }
    double y = SHARES_TOP + SHARES_HEIGHT;
    for (Outcome outcome : Outcome.values()) {
      double height = total == 0 ? 0 : SHARES_HEIGHT * count(day, outcome, slot) / total;
      if (height > 0) {
        y -= height;
        svg.rect("b-" + outcome.label(), x, y, width + 0.2, height);
      }
    }
  }

  private static double count(DayResult day, Outcome outcome, int slot) {
    List<Double> counts = day.answers().getOrDefault(outcome, List.of());
    return slot < counts.size() ? counts.get(slot) : 0;
  }

  private static void mark(Svg svg, double second, String text) {
    double x = svg.x(second);
    svg.line("mark", x, SHARES_TOP, x, ASKED_TOP + ASKED_HEIGHT);
    svg.text("middle", x, SHARES_TOP - 6, text + " " + clock(second));
  }

  private static String clock(double second) {
    long minutes = Math.round(second / 60);
    return String.format(Locale.ROOT, "%02d:%02d", minutes / 60, minutes % 60);
  }
}
