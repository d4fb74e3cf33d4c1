package dev.holdfast.report;

import dev.holdfast.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the rounds of a comparison measured of one server, as {@code holdfast bench --json} wrote
 * it. Immutable.
 *
 * @param phases by the part of the comparison: the phases of all its rounds
 * @param start how it started; empty when that was not measured
 */
record SpeedFigures(String server, Map<String, List<Map<?, ?>>> phases, Map<?, ?> start) {

  static final String START = "start";
  static final String CACHED = "cached";
  static final String STEADY = "steady";
  static final String MISSES = "misses";
  static final String MISS_LATENCY = "miss-latency";

  private static final String SUFFIX = ".json";

  /** Reads what is in a folder: a file for each part, server and round. */
  static List<SpeedFigures> read(Path folder) throws IOException {
    Map<String, SpeedFigures> servers = new TreeMap<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
    for (Path file : files) {
      if (!(JsonReader.read(Files.readString(file)) instanceof Map<?, ?> map)
          || !(map.get("label") instanceof String server)) {
        throw new IOException(file + ": not written by a comparison");
      }
      String name = String.valueOf(file.getFileName());
      String part = name.substring(0, name.indexOf('.'));
      SpeedFigures figures =
          servers.getOrDefault(server, new SpeedFigures(server, new LinkedHashMap<>(), Map.of()));
      servers.put(server, part.equals(START) ? figures.started(map) : figures.plus(part, map));
    }
    return List.copyOf(servers.values());
  }

  private SpeedFigures started(Map<?, ?> map) {
    return new SpeedFigures(server, phases, map);
  }

  private SpeedFigures plus(String part, Map<?, ?> map) {
    if (map.get("phases") instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> phase) {
          phases.computeIfAbsent(part, _ -> new ArrayList<>()).add(phase);
        }
      }
    }
    return this;
  }

  /** The median of all rounds, or NaN when there are none. */
  double median(String part, String key) {
    return median(part, phase -> number(phase.get(key)));
  }

  /** The median of a percentile of the latency in milliseconds. */
  double millis(String part, String percentile) {
    return median(
        part,
        phase ->
            phase.get("latencyMillis") instanceof Map<?, ?> latency
                ? number(latency.get(percentile))
                : Double.NaN);
  }

  /** How the server started, by name; NaN when that is not known. */
  double started(String key) {
    return number(start.get(key));
  }

  /** Queries without an answer, in percent of those of all rounds. */
  double lostPercent(String part) {
    double sent = sum(part, "sent");
    return sent == 0 ? Double.NaN : 100 * sum(part, "lost") / sent;
  }

  private double sum(String part, String key) {
    return phases.getOrDefault(part, List.of()).stream()
        .mapToDouble(phase -> number(phase.get(key)))
        .sum();
  }

  private double median(String part, ToDoubleFunction<Map<?, ?>> of) {
    double[] sorted =
        phases.getOrDefault(part, List.of()).stream()
            .mapToDouble(of)
            .filter(value -> !Double.isNaN(value))
            .sorted()
            .toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static double number(@Nullable Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
