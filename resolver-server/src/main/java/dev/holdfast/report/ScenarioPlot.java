package dev.holdfast.report;

import dev.holdfast.replay.Outcome;
import dev.holdfast.replay.Result;
import dev.holdfast.replay.Sample;
import java.util.Arrays;
import java.util.List;

/**
 * A result over time: what answers were worth, how long each took, and how often upstreams were
 * asked. Stateless.
 */
final class ScenarioPlot {

  private static final int STRIP_TOP = 16;
  private static final int STRIP_HEIGHT = 46;
  private static final int DOTS_TOP = 74;
  private static final int DOTS_HEIGHT = 120;
  private static final int ASKED_TOP = 206;
  private static final int ASKED_HEIGHT = 34;
  private static final int HEIGHT = 262;

  /* The latency axis is logarithmic. */
  private static final double LEAST_MILLIS = 0.1;
  private static final int DECADES = 5;
  private static final List<String> DECADE_LABELS =
      List.of("0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s");

  private static final double LONG_MILLIS = 25_000;

  private ScenarioPlot() {}

  /** When the last question of any of the results was sent. */
  static double endMillis(List<Result> results) {
    return results.stream()
        .flatMap(result -> result.samples().stream())
        .mapToDouble(Sample::sentMillis)
        .max()
        .orElse(1000);
  }

  static String svg(Result result, double endMillis) {
    Svg svg =
        new Svg(
            HEIGHT,
            0,
            endMillis + Result.SLOT_MILLIS,
            result.scenario() + ": answers, latencies and upstream queries over time");
    appendStrip(svg, result, endMillis);
    appendDots(svg, result);
    appendAsked(svg, result);
    double step = endMillis > LONG_MILLIS ? 5000 : 1000;
    svg.axis(ASKED_TOP + ASKED_HEIGHT, step, millis -> Svg.number(millis / 1000) + " s");
    double healed = svg.x(result.healedMillis());
    svg.line("mark", healed, STRIP_TOP, healed, ASKED_TOP + ASKED_HEIGHT);
    svg.text("middle", healed, STRIP_TOP - 5, "upstreams healed");
    return svg.end();
  }

  private static void appendStrip(Svg svg, Result result, double endMillis) {
    int slotMillis = Result.SLOT_MILLIS * (endMillis > LONG_MILLIS ? 2 : 1);
    int slots = (int) (endMillis / slotMillis) + 1;
    int[][] counts = new int[slots][Outcome.values().length];
    for (Sample sample : result.samples()) {
      if (sample.known()) {
        counts[(int) (sample.sentMillis() / slotMillis)][sample.outcome().ordinal()]++;
      }
    }
    svg.frame(STRIP_TOP, STRIP_HEIGHT);
    svg.text("end", Svg.LEFT - 6, STRIP_TOP + STRIP_HEIGHT / 2.0 + 4, "answers");
    double width = svg.x(slotMillis) - svg.x(0);
    for (int slot = 0; slot < slots; slot++) {
      int total = Arrays.stream(counts[slot]).sum();
      double y = STRIP_TOP + STRIP_HEIGHT;
      for (Outcome outcome : Outcome.values()) {
        int count = counts[slot][outcome.ordinal()];
        if (count > 0) {
          double height = (double) STRIP_HEIGHT * count / total;
          y -= height;
          svg.rect(
              "b-" + outcome.label(), svg.x((double) slot * slotMillis), y, width - 0.6, height);
        }
      }
    }
  }

  private static void appendDots(Svg svg, Result result) {
    svg.frame(DOTS_TOP, DOTS_HEIGHT);
    for (int decade = 0; decade <= DECADES; decade++) {
      double y = DOTS_TOP + DOTS_HEIGHT - (double) DOTS_HEIGHT * decade / DECADES;
      svg.line("grid", Svg.LEFT, y, Svg.RIGHT, y);
      svg.text("end", Svg.LEFT - 6, y + 4, DECADE_LABELS.get(decade));
    }
    svg.raw("<g class=\"dots\">\n");
    for (Outcome outcome : Outcome.values()) {
      appendDots(svg, result, outcome, /* known= */ true);
      appendDots(svg, result, outcome, /* known= */ false);
    }
    svg.raw("</g>\n");
  }

  private static void appendDots(Svg svg, Result result, Outcome outcome, boolean known) {
    StringBuilder dots = new StringBuilder();
    for (Sample sample : result.samples()) {
      if (sample.outcome() == outcome && sample.known() == known) {
        dots.append('M').append(Svg.number(svg.x(sample.sentMillis()))).append(' ');
        dots.append(Svg.number(dotY(sample.latencyMillis()))).append("h0");
      }
    }
    if (!dots.isEmpty()) {
      String style = "s-" + outcome.label() + (known ? "" : " new");
      svg.raw("<path class=\"" + style + "\" d=\"" + dots + "\"/>\n");
    }
  }

  private static double dotY(double millis) {
    double decades = Math.log10(Math.max(millis, LEAST_MILLIS) / LEAST_MILLIS);
    return DOTS_TOP + DOTS_HEIGHT * (1 - Math.min(decades / DECADES, 1));
  }

  private static void appendAsked(Svg svg, Result result) {
    svg.frame(ASKED_TOP, ASKED_HEIGHT);
    int most = result.upstreamPerSlot().stream().mapToInt(each -> each).max().orElse(0);
    double perSecond = most * 1000.0 / Result.SLOT_MILLIS;
    svg.text("end", Svg.LEFT - 6, ASKED_TOP + 9, Svg.number(perSecond) + "/s");
    svg.text("end", Svg.LEFT - 6, ASKED_TOP + 24, "asked up");
    double width = svg.x(Result.SLOT_MILLIS) - svg.x(0);
    for (int slot = 0; slot < result.upstreamPerSlot().size(); slot++) {
      double x = svg.x((double) slot * Result.SLOT_MILLIS);
      double height =
          (double) ASKED_HEIGHT * result.upstreamPerSlot().get(slot) / Math.max(most, 1);
      if (height > 0 && x < Svg.RIGHT) {
        double bottom = ASKED_TOP + ASKED_HEIGHT;
        svg.rect("asked", x, bottom - height, Math.min(width - 0.6, Svg.RIGHT - x), height);
      }
    }
  }
}
