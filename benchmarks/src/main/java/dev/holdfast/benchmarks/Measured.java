package dev.holdfast.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * What one benchmark came to.
 *
 * @param name class and method
 * @param parameters their values; empty without
 * @param errorNanos half of the 99.9 % confidence interval
 */
record Measured(
    String name, String parameters, double nanos, double errorNanos, double allocatedBytes) {

  static String table(List<Measured> figures) {
    StringBuilder table = new StringBuilder();
    line(table, "benchmark", "", "ns/op", "+-", "B/op");
    for (Measured each : figures) {
      line(
          table,
          each.name,
          each.parameters,
          number(each.nanos),
          number(each.errorNanos),
          number(each.allocatedBytes));
    }
    return table.toString();
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1f", value);
  }

  private static void line(
      StringBuilder table, String name, String parameters, String nanos, String error, String b) {
    table.append(
        String.format(Locale.ROOT, "%-34s %-6s %10s %8s %8s%n", name, parameters, nanos, error, b));
  }
}
