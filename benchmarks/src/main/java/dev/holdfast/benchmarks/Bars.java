package dev.holdfast.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a cached answer may cost, and whether it does. */
final class Bars {

  private static final double MAX_HOT_NANOS = 150;
  private static final double MAX_ZIPF_NANOS = 300;
  private static final double MAX_TIMES_BARE = 4;
  private static final double MIN_SPEED_UP = 1.9;
  private static final double MAX_BYTES = 0.05;

  private final List<Measured> figures;
  private final List<String> met = new ArrayList<>();
  private final List<String> missed = new ArrayList<>();

  private Bars(List<Measured> figures) {
    this.figures = figures;
  }

  /** Returns one sentence about the bars that were measured. */
  static String verdict(List<Measured> figures) {
    Bars bars = new Bars(figures);
    bars.judge("HOT", MAX_HOT_NANOS);
    bars.judge("ZIPF", MAX_ZIPF_NANOS);
    if (bars.met.isEmpty() && bars.missed.isEmpty()) {
      return "Verdict: no bar was measured.";
    }
    return "Verdict: "
        + (bars.missed.isEmpty() ? "every bar is met" : "missed " + String.join(", ", bars.missed))
        + (bars.met.isEmpty() ? "." : "; met: " + String.join(", ", bars.met) + ".");
  }

  private void judge(String names, double maxNanos) {
    Measured hit = find("HitBenchmark.hit", names);
    Measured onTwoLoops = find("HitBenchmark.hitOnTwoLoops", names);
    Measured bare = find("HitBenchmark.bareCaffeine", names);
    if (hit == null) {
      return;
    }
    String what = names + " hit ";
    take(hit.nanos() <= maxNanos, what + "%.0f ns (bar %.0f)", hit.nanos(), maxNanos);
    take(
        hit.allocatedBytes() <= MAX_BYTES,
        what + "%.2f B/op (bar %.0f)",
        hit.allocatedBytes(),
        0.0);
    if (bare != null) {
      double times = hit.nanos() / bare.nanos();
      take(times <= MAX_TIMES_BARE, what + "%.2f x Caffeine (bar %.0f)", times, MAX_TIMES_BARE);
    }
    if (onTwoLoops != null) {
      double speedUp = 2 * hit.nanos() / onTwoLoops.nanos();
      take(
          speedUp >= MIN_SPEED_UP,
          what + "%.2f x on two threads (bar %.1f" + reachable() + ")",
          speedUp,
          MIN_SPEED_UP);
    }
  }

  private String reachable() {
    return reachable("arithmetic") + reachable("additions") + reachable("steps");
  }

  private String reachable(String work) {
    Measured alone = find("ScalingBenchmark." + work, "");
    Measured together = find("ScalingBenchmark." + work + "OnTwoThreads", "");
    return alone == null || together == null
        ? ""
        : String.format(
            Locale.ROOT, ", %s alone %.2f x", work, 2 * alone.nanos() / together.nanos());
  }

  private void take(boolean isMet, String what, double value, double bar) {
    (isMet ? met : missed).add(String.format(Locale.ROOT, what, value, bar));
  }

  private @Nullable Measured find(String name, String parameters) {
    return figures.stream()
        .filter(each -> each.name().equals(name) && each.parameters().equals(parameters))
        .findFirst()
        .orElse(null);
  }
}
