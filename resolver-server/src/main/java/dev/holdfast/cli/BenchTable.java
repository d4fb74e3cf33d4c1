package dev.holdfast.cli;

import dev.holdfast.bench.Load;
import dev.holdfast.bench.Result;
import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.wire.Rcode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What a load measured, for people: a row for each rate. Immutable. */
final class BenchTable {

  private static final int BYTES_PER_MIB = 1 << 20;

  private final Load load;

  BenchTable(Load load) {
    this.load = load;
  }

  String title(@Nullable String label) {
    String queries =
        load.file() != null
            ? load.file().toString()
            : "%,d names, Zipf %s".formatted(load.names().names(), load.names().exponent());
    return String.format(
        Locale.ROOT,
        "%s%s over %s, %,d clients, %s%s",
        label == null ? "" : label + " on ",
        SocketAddresses.format(load.server()),
        load.tcp() ? "TCP" : "UDP",
        load.clients(),
        queries,
        load.edns() ? ", EDNS" : "");
  }

  String head() {
    return String.format(
        Locale.ROOT,
        "%10s %11s %8s %9s %9s %9s %9s %9s %6s%s",
        "rate",
        "answers/s",
        "lost",
        "p50 ms",
        "p90 ms",
        "p99 ms",
        "p99.9 ms",
        "max ms",
        "load",
        load.serverPid() == 0 ? "" : String.format("%12s %9s", "µs/query", "memory"));
  }

  String row(Result result) {
    return String.format(
        Locale.ROOT,
        "%10s %,11.0f %7.3f%% %9.3f %9.3f %9.3f %9.3f %9.3f %5.0f%%%s",
        result.ratePerSecond() == 0
            ? "-"
            : String.format(Locale.ROOT, "%,.0f", result.ratePerSecond()),
        result.answersPerSecond(),
        result.lostPercent(),
        result.millis(50),
        result.millis(90),
        result.millis(99),
        result.millis(99.9),
        result.millis(100),
        100 * result.loadBusy(),
        server(result));
  }

  private String server(Result result) {
    Double micros = result.serverCpuMicros();
    Long bytes = result.serverBytes();
    return load.serverPid() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "%12s %6d MB",
            micros == null ? "-" : String.format(Locale.ROOT, "%.2f", micros),
            bytes == null ? 0 : bytes / BYTES_PER_MIB);
  }

  /** What the rows do not tell, of all phases together. */
  List<String> notes(List<Result> results) {
    List<String> notes = new ArrayList<>();
    TreeMap<Integer, Long> rcodes = new TreeMap<>();
    results.forEach(
        each -> each.rcodes().forEach((code, count) -> rcodes.merge(code, count, Long::sum)));
    StringBuilder line = new StringBuilder("answers:");
    rcodes.forEach(
        (code, count) ->
            line.append(String.format(Locale.ROOT, " %s %,d", Rcode.toText(code), count)));
    long answered = sum(results, Result::answered);
    line.append(
        String.format(
            Locale.ROOT,
            ", %.0f bytes each, queries %.0f",
            (double) sum(results, Result::bytesReceived) / Math.max(answered, 1),
            (double) sum(results, Result::bytesSent) / Math.max(sum(results, Result::sent), 1)));
    notes.add(line.toString());
    note(notes, sum(results, Result::truncated), "answers were truncated");
    note(notes, sum(results, Result::late), "answers came after their time");
    note(notes, sum(results, Result::duplicate), "answers came twice");
    note(notes, sum(results, Result::unknown), "messages answered nothing that was asked");
    note(notes, sum(results, Result::refused), "times the server refused: does it listen there?");
    note(notes, sum(results, Result::skipped), "queries were due but could not be sent in time");
    if (results.stream().anyMatch(Result::isLoadTheLimit)) {
      notes.add("The load itself was the limit where its column says more than 95 %.");
    }
    return notes;
  }

  private static void note(List<String> notes, long count, String text) {
    if (count > 0) {
      notes.add(String.format(Locale.ROOT, "%,d %s", count, text));
    }
  }

  private static long sum(List<Result> results, ToLongFunction<Result> of) {
    return results.stream().mapToLong(of).sum();
  }
}
