package dev.holdfast.config;

import dev.holdfast.config.Origin.InOption;
import dev.holdfast.config.Setting.Entry;
import dev.holdfast.config.Setting.Items;
import dev.holdfast.config.Setting.Scalar;
import dev.holdfast.config.Setting.Section;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of one section into values. Asking for a key makes it known; a bad value becomes a
 * problem and its default takes its place, so that reading goes on to the next problem.
 */
final class SectionReader {

  /*
   * Ranges live in the compact constructors of the records, so a record can be refused after all
   * its keys were read. The message of such a refusal starts with the key. read() then marks the
   * key as refused, which makes its default take its place, and builds the record once more.
   */

  private static final String EXPECTED = " (expected";

  private static final int MAX_SHOWN_LENGTH = 100;

  private final String path;
  private final Section section;
  private final boolean misshapen;
  private final Set<Problem> problems;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> refused = new HashSet<>();
  private final Map<String, SectionReader> children = new LinkedHashMap<>();
  private final Map<String, List<Origin>> itemOrigins = new HashMap<>();

  /** Creates the reader of a whole configuration; what it finds wrong goes to {@code problems}. */
  SectionReader(Section root, Set<Problem> problems) {
    this("", root, false, problems);
  }

  private SectionReader(String path, Section section, boolean misshapen, Set<Problem> problems) {
    this.path = path;
    this.section = section;
    this.misshapen = misshapen;
    this.problems = problems;
  }

  /** Builds a record from keys of this section, with defaults in place of values it refuses. */
  <T> T read(Function<SectionReader, T> constructor) {
    while (true) {
      try {
        return constructor.apply(this);
      } catch (IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        String key = message.substring(0, Math.max(0, message.indexOf(": ")));
        if (!section.entries().containsKey(key) || !refused.add(key)) {
          throw e;
        }
        refuse(key, message);
      }
    }
  }

  /** Whether the key is written. */
  boolean has(String key) {
    return section.entries().containsKey(key);
  }

  /** Whether the key, or the whole section, has a problem already. */
  boolean isRefused(String key) {
    return misshapen || refused.contains(key);
  }

  /** Whether the key is written with exactly this value. */
  boolean is(String key, String value) {
    known.add(key);
    Entry entry = section.entries().get(key);
    return entry != null && entry.value() instanceof Scalar scalar && scalar.text().equals(value);
  }

  /** Reads one value with {@code parser}, which says what it expected when it throws. */
  <T> T value(String key, Function<String, T> parser, T fallback) {
    Entry entry = entry(key);
    if (entry == null) {
      return fallback;
    }
    if (!(entry.value() instanceof Scalar scalar)) {
      refused.add(key);
      addProblem(entry.value().origin(), key, shape(entry.value()) + EXPECTED + " one value)");
      return fallback;
    }
    T value = parse(key, scalar, parser);
    if (value == null) {
      refused.add(key);
      return fallback;
    }
    return value;
  }

  boolean bool(String key, boolean fallback) {
    return value(key, SectionReader::parseBoolean, fallback);
  }

  /**
   * Reads an integer; one that is too large for an int becomes its limit, for a range to refuse.
   */
  int integer(String key, int fallback) {
    return value(key, SectionReader::parseInteger, fallback);
  }

  Duration duration(String key, Duration fallback) {
    return value(key, Quantities::duration, fallback);
  }

  long sizeBytes(String key, long fallback) {
    return value(key, Quantities::size, fallback);
  }

  Path file(String key, Path fallback) {
    return value(key, SectionReader::parsePath, fallback);
  }

  /** Reads a list, or one value in place of a list of one; bad items are left out. */
  <T> List<T> list(String key, Function<String, T> parser, List<T> fallback) {
    Entry entry = entry(key);
    if (entry == null) {
      return fallback;
    }
    List<Setting> items = List.of();
    if (entry.value() instanceof Items list) {
      items = list.items();
    } else if (entry.value() instanceof Scalar scalar) {
      items = split(scalar);
    }
    if (items.isEmpty() && !(entry.value() instanceof Items)) {
      refused.add(key);
      addProblem(entry.value().origin(), key, shape(entry.value()) + EXPECTED + " a list)");
      return fallback;
    }
    List<T> values = new ArrayList<>();
    List<Origin> origins = new ArrayList<>();
    for (Setting item : items) {
      T value = item instanceof Scalar scalar ? parse(key, scalar, parser) : null;
      if (value != null) {
        values.add(value);
        origins.add(item.origin());
      } else if (!(item instanceof Scalar)) {
        addProblem(item.origin(), key, shape(item) + EXPECTED + " one value)");
      }
    }
    itemOrigins.put(key, origins);
    if (values.isEmpty() && !items.isEmpty()) {
      refused.add(key);
      return fallback;
    }
    return values;
  }

  /** Returns the reader of a section inside this one. */
  SectionReader section(String key) {
    known.add(key);
    return children.computeIfAbsent(key, this::child);
  }

  /** Makes all keys of this section known, where the operator chooses them, and returns them. */
  Set<String> names() {
    known.addAll(section.entries().keySet());
    return section.entries().keySet();
  }

  /** Where an item of a list, or else the key or the section, is written. */
  Origin origin(String key, int index) {
    List<Origin> origins = itemOrigins.getOrDefault(key, List.of());
    return index < origins.size() ? origins.get(index) : origin(key);
  }

  /** Where the value of a key, or else the section, is written. */
  Origin origin(String key) {
    Entry entry = section.entries().get(key);
    return entry == null ? section.origin() : entry.value().origin();
  }

  /** Where a key itself, or else the section, is written. */
  Origin keyOrigin(String key) {
    Entry entry = section.entries().get(key);
    return entry == null ? section.origin() : entry.origin();
  }

  void addProblem(Origin origin, String key, String detail) {
    problems.add(new Problem(origin, pathOf(key), detail));
  }

  /** Adds a problem for every key of this section and those inside that nobody asked for. */
  void refuseUnknownKeys() {
    refuseUnknownKeys(paths());
  }

  /** Returns the paths of all keys that somebody asked for, here and in the sections inside. */
  List<String> paths() {
    List<String> paths = new ArrayList<>();
    collectPaths(paths);
    return paths;
  }

  private void refuseUnknownKeys(List<String> everyPath) {
    section
        .entries()
        .forEach(
            (key, entry) -> {
              if (!known.contains(key)) {
                addProblem(entry.origin(), key, "unknown key" + suggestion(key, everyPath));
              }
            });
    children.values().forEach(child -> child.refuseUnknownKeys(everyPath));
  }

  private void collectPaths(List<String> paths) {
    known.forEach(key -> paths.add(pathOf(key)));
    children.values().forEach(child -> child.collectPaths(paths));
  }

  private String suggestion(String key, List<String> everyPath) {
    String meant = Suggestions.closest(key, known);
    if (meant == null) {
      meant =
          everyPath.stream().filter(other -> other.endsWith("." + key)).findFirst().orElse(null);
    }
    return meant == null
        ? EXPECTED + " " + String.join(", ", known) + ")"
        : ". Did you mean \"" + meant + "\"?";
  }

  private SectionReader child(String key) {
    Entry entry = section.entries().get(key);
    Setting value = entry == null ? new Setting.Empty(section.origin()) : entry.value();
    if (value instanceof Section written) {
      return new SectionReader(pathOf(key), written, false, problems);
    }
    boolean wrong = !(value instanceof Setting.Empty);
    if (wrong) {
      addProblem(value.origin(), key, shape(value) + EXPECTED + " a section with keys of its own)");
    }
    return new SectionReader(pathOf(key), new Section(value.origin()), wrong, problems);
  }

  private @Nullable Entry entry(String key) {
    known.add(key);
    return refused.contains(key) ? null : section.entries().get(key);
  }

  /** Returns the value, or null after adding a problem. */
  private <T> @Nullable T parse(String key, Scalar scalar, Function<String, T> parser) {
    try {
      return parser.apply(scalar.text());
    } catch (IllegalArgumentException e) {
      addProblem(scalar.origin(), key, shape(scalar) + expectation(e.getMessage()));
      return null;
    }
  }

  /** Adds the problem that a record found in the value of a key. */
  private void refuse(String key, String message) {
    Entry entry = section.entries().get(key);
    Setting value = entry == null ? section : entry.value();
    addProblem(value.origin(), key, shape(value) + expectation(message));
  }

  private static String expectation(@Nullable String message) {
    String reason = String.valueOf(message);
    int start = reason.indexOf(EXPECTED);
    return start < 0 ? " (" + reason + ")" : reason.substring(start);
  }

  /** What is written, in a few characters. */
  private static String shape(Setting setting) {
    return switch (setting) {
      case Scalar scalar when scalar.text().isBlank() -> '"' + scalar.text() + '"';
      case Scalar scalar when scalar.text().length() > MAX_SHOWN_LENGTH ->
          scalar.text().substring(0, MAX_SHOWN_LENGTH) + "...";
      case Scalar scalar -> scalar.text();
      case Items list when list.items().isEmpty() -> "[]";
      case Items list -> "a list";
      case Section inner -> "a section";
      case Setting.Empty empty -> "nothing";
    };
  }

  /** In an option, commas separate the items of a list. */
  private static List<Setting> split(Scalar scalar) {
    List<Setting> items = new ArrayList<>();
    if (scalar.origin() instanceof InOption) {
      for (String item : scalar.text().split(",", -1)) {
        items.add(new Scalar(scalar.origin(), item.strip()));
      }
    } else {
      items.add(scalar);
    }
    return items;
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static boolean parseBoolean(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      case "True", "TRUE", "yes", "Yes", "on", "On", "1" ->
          throw new IllegalArgumentException(" (expected true or false). Did you mean \"true\"?");
      case "False", "FALSE", "no", "No", "off", "Off", "0" ->
          throw new IllegalArgumentException(" (expected true or false). Did you mean \"false\"?");
      default -> throw new IllegalArgumentException(" (expected true or false)");
    };
  }

  private static int parseInteger(String text) {
    if (!text.matches("-?\\d{1,18}")) {
      throw new IllegalArgumentException(" (expected a whole number)");
    }
    return Math.clamp(Long.parseLong(text), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  static Path parsePath(String text) {
    try {
      if (!text.isBlank()) {
        return Path.of(text);
      }
    } catch (InvalidPathException unusable) {
      // refused below
    }
    throw new IllegalArgumentException(" (expected the path of a file or folder)");
  }
}
