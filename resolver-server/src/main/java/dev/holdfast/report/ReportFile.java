package dev.holdfast.report;

import dev.holdfast.json.Json;
import dev.holdfast.json.JsonReader;
import dev.holdfast.replay.Bar;
import dev.holdfast.replay.DayResult;
import dev.holdfast.replay.Measure;
import dev.holdfast.replay.Outcome;
import dev.holdfast.replay.Result;
import dev.holdfast.replay.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reports as JSON files: everything that was measured, and beside it what follows. Stateless. */
public final class ReportFile {

  private static final String VERSION_KEY = "holdfast-replay";
  private static final int VERSION = 1;
  private static final double NEVER = -1;

  private ReportFile() {}

  /** Writes a report. */
  public static void write(Path file, Report report) throws IOException {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put(VERSION_KEY, VERSION);
    json.put("server", report.server());
    json.put("results", report.results().stream().map(ReportFile::toJson).toList());
    DayResult day = report.day();
    json.put("day", day == null ? null : toJson(day));
    Files.writeString(file, Json.write(json));
  }

  /**
   * Reads a report.
   *
   * @throws IOException when the file cannot be read or is no report
   */
  public static Report read(Path file) throws IOException {
    try {
      Fields json = new Fields(JsonReader.read(Files.readString(file)));
      if (json.number(VERSION_KEY) != VERSION) {
        throw new IOException(file + ": no replay report of version " + VERSION);
      }
      Object day = json.value("day");
      return new Report(
          json.text("server"),
          json.list("results", item -> toResult(new Fields(item))),
          day == null ? null : toDay(new Fields(day)));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": no replay report: " + e.getMessage(), e);
    }
  }

  private static Map<String, @Nullable Object> toJson(Result result) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("scenario", result.scenario());
    json.put("problem", result.problem());
    Map<String, @Nullable Object> measures = new LinkedHashMap<>();
    for (Measure measure : Measure.values()) {
      measures.put(measure.label(), measure.of(result));
    }
    json.put("measures", measures);
    json.put("missed", ResultTable.missed(result).stream().map(Bar::toString).toList());
    json.put("strays", (double) result.strays());
    json.put("healed-millis", result.healedMillis());
    json.put("upstream-queries", result.upstreamQueries());
    json.put("upstream-per-slot", result.upstreamPerSlot());
    json.put("first-answer-millis", result.firstAnswerMillis());
    json.put("absences-noted", (double) result.absencesNoted());
    List<Sample> samples = result.samples();
    json.put("name", column(samples, Sample::name));
    json.put("sent-millis", column(samples, sample -> rounded(sample.sentMillis())));
    json.put("latency-millis", column(samples, sample -> rounded(sample.latencyMillis())));
    json.put("outcome", column(samples, sample -> sample.outcome().ordinal()));
    json.put("rcode", column(samples, Sample::rcode));
    json.put("extended-error", column(samples, Sample::extendedError));
    json.put("current", column(samples, sample -> sample.current() ? 1 : 0));
    return json;
  }

  private static Result toResult(Fields json) {
    List<Double> names = json.numbers("name");
    List<Double> sent = json.numbers("sent-millis");
    List<Double> latencies = json.numbers("latency-millis");
    List<Double> outcomes = json.numbers("outcome");
    List<Double> rcodes = json.numbers("rcode");
    List<Double> errors = json.numbers("extended-error");
    List<Double> current = json.numbers("current");
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      samples.add(
          new Sample(
              names.get(i).intValue(),
              sent.get(i),
              latencies.get(i),
              Outcome.values()[outcomes.get(i).intValue()],
              rcodes.get(i).intValue(),
              errors.get(i).intValue(),
              current.get(i) != 0));
    }
    return new Result(
        json.text("scenario"),
        json.text("problem"),
        samples,
        (long) json.number("strays"),
        json.number("healed-millis"),
        json.number("upstream-queries"),
        json.numbers("upstream-per-slot").stream().map(Double::intValue).toList(),
        json.number("first-answer-millis"),
        (long) json.number("absences-noted"));
  }

  private static Map<String, @Nullable Object> toJson(DayResult day) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("start-second", day.startSecond());
    json.put("gone-second", day.goneSecond());
    json.put("back-second", day.backSecond());
    json.put("slot-seconds", day.slotSeconds());
    json.put("wrong-seconds", day.wrongSeconds());
    double freshAfter = day.freshAfterSeconds();
    json.put("fresh-after-seconds", Double.isInfinite(freshAfter) ? NEVER : freshAfter);
    json.put("upstream-queries", day.upstreamQueries());
    for (Outcome outcome : Outcome.values()) {
      json.put(outcome.label(), day.answers().getOrDefault(outcome, List.of()));
    }
    return json;
  }

  private static DayResult toDay(Fields json) {
    Map<Outcome, List<Double>> answers = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      answers.put(outcome, json.numbers(outcome.label()));
    }
    double freshAfter = json.number("fresh-after-seconds");
    return new DayResult(
        json.number("start-second"),
        json.number("gone-second"),
        json.number("back-second"),
        json.number("slot-seconds"),
        answers,
        json.numbers("upstream-queries"),
        json.number("wrong-seconds"),
        freshAfter == NEVER ? Double.POSITIVE_INFINITY : freshAfter);
  }

  private static List<Object> column(List<Sample> samples, Function<Sample, Object> value) {
    return samples.stream().map(value).toList();
  }

  private static double rounded(double millis) {
    return Math.rint(millis * 1000) / 1000;
  }

  /** The fields of a JSON object, each demanded to be what it should be. */
  private record Fields(Map<?, ?> map) {

    Fields(@Nullable Object value) {
      this(asMap(value));
    }

    private static Map<?, ?> asMap(@Nullable Object value) {
      if (value instanceof Map<?, ?> map) {
        return map;
      }
      throw new IllegalArgumentException("an object is missing");
    }

    @Nullable Object value(String key) {
      return map.get(key);
    }

    String text(String key) {
      return String.valueOf(map.get(key));
    }

    /** A number; NaN where null stands. */
    double number(String key) {
      return toNumber(map.get(key));
    }

    List<Double> numbers(String key) {
      return list(key, Fields::toNumber);
    }

    <T> List<T> list(String key, Function<@Nullable Object, T> item) {
      if (!(map.get(key) instanceof List<?> list)) {
        throw new IllegalArgumentException(key + " is no list");
      }
      List<T> items = new ArrayList<>(list.size());
      for (Object value : list) {
        items.add(item.apply(value));
      }
      return items;
    }

    private static double toNumber(@Nullable Object value) {
      return switch (value) {
        case null -> Double.NaN;
        case Number number -> number.doubleValue();
        default -> throw new IllegalArgumentException(value + " is no number");
      };
    }
  }
}
