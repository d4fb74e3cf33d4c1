package dev.holdfast.scenario;

import dev.holdfast.scenario.Scenario.Kind;
import dev.holdfast.scenario.Scenario.Range;
import dev.holdfast.scenario.Scenario.Step;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xbill.DNS.Address;

/**
 * Reads a {@code .rpl} file. Lines count, blanks and tabs around words do not; {@code ;} and {@code
 * #} open comments. Used once per file, confined to one thread.
 *
 * <p>What is no scenario fails with {@link ScenarioSyntaxException}, what is one but asks for
 * something this runner does not have, with {@link UnusableScenarioException}.
 */
final class ScenarioParser {

  private static final Pattern CONFIG_WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
  private static final Pattern CONFIG_KEY = Pattern.compile("[a-z][a-z0-9-]*:");
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final String file;
  private final List<String> lines;
  private final EntryParser entryParser;
  private int lineNumber;

  private ScenarioParser(String file, List<String> lines) {
    this.file = file;
    this.lines = lines;
    this.entryParser = new EntryParser(file);
  }

  /** Reads the file at {@code path}, which is shown as {@code name} in messages. */
  static Scenario parse(Path path, String name) throws IOException {
    return parse(name, Files.readString(path));
  }

  /** Reads {@code text}. */
  static Scenario parse(String name, String text) {
    return new ScenarioParser(name, text.lines().toList()).scenario();
  }

  private Scenario scenario() {
    ScenarioConfig config = config();
    String title = null;
    List<Range> ranges = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    while (true) {
      String line = nextLine(title == null ? "SCENARIO_BEGIN" : "SCENARIO_END");
      String[] words = line.split("\\s+");
      if (words[0].equals("SCENARIO_BEGIN")) {
        title = line.substring(words[0].length()).strip();
        continue;
      }
      if (title == null) {
        throw syntax("\"" + line + "\" (expected SCENARIO_BEGIN)");
      }
      switch (words[0]) {
        case "SCENARIO_END" -> {
          boolean clientDialect = !entryParser.sawRecursionAvailable();
          return new Scenario(file, config, title, ranges, steps, clientDialect);
        }
        case "RANGE_BEGIN" -> ranges.add(range(words));
        case "STEP" -> steps.add(step(words, steps.isEmpty() ? -1 : steps.getLast().number()));
        default -> throw unusable("unknown directive " + words[0]);
      }
    }
  }

  private ScenarioConfig config() {
    List<ScenarioConfig.Option> options = new ArrayList<>();
    String key = null;
    StringBuilder value = new StringBuilder();
    int keyLine = 0;
    while (true) {
      String line = nextLine("CONFIG_END");
      if (line.equals("CONFIG_END")) {
        if (key != null) {
          options.add(new ScenarioConfig.Option(keyLine, key, value.toString()));
        }
        return new ScenarioConfig(options);
      }
      if (line.startsWith("SCENARIO_BEGIN")) {
        throw syntax("SCENARIO_BEGIN (expected CONFIG_END before it)");
      }
      Matcher words = CONFIG_WORD.matcher(line);
      while (words.find()) {
        String word = words.group();
        if (CONFIG_KEY.matcher(word).matches()) {
          if (key != null) {
            options.add(new ScenarioConfig.Option(keyLine, key, value.toString()));
          }
          key = word.substring(0, word.length() - 1);
          keyLine = lineNumber;
          value.setLength(0);
        } else if (key == null) {
          throw syntax("\"" + word + "\" (expected a key such as forward-addr:)");
        } else {
          value.append(value.isEmpty() ? "" : " ");
          value.append(words.group(1) != null ? words.group(1) : word);
        }
      }
    }
  }

  private Range range(String[] words) {
    if (words.length != 3) {
      throw syntax("RANGE_BEGIN with " + (words.length - 1) + " words (expected two steps)");
    }
    int first = number(words[1]);
    int last = number(words[2]);
    List<InetAddress> addresses = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    while (true) {
      String line = nextLine("RANGE_END");
      String[] inner = line.split("\\s+");
      switch (inner[0]) {
        case "RANGE_END" -> {
          return new Range(first, last, addresses, entries);
        }
        case "ADDRESS" -> addresses.add(address(word(inner, 1, "an address")));
        case "ENTRY_BEGIN" -> entries.add(entry());
        default -> throw unusable("unknown directive " + inner[0] + " in a range");
      }
    }
  }

  private Step step(String[] words, int previous) {
    int line = lineNumber;
    int number = number(word(words, 1, "a step number"));
    if (number <= previous) {
      throw syntax("step " + number + " after step " + previous + " (expected a later one)");
    }
    Kind kind = kind(word(words, 2, "what the step does"));
    InetAddress address = null;
    Duration elapse = Duration.ZERO;
    for (int i = 3; i < words.length; i += 2) {
      switch (words[i]) {
        case "ADDRESS" -> address = address(word(words, i + 1, "an address"));
        case "ELAPSE" -> elapse = seconds(word(words, i + 1, "seconds"));
        default -> throw unusable("unknown step argument " + words[i]);
      }
    }
    Entry entry = null;
    if (kind.takesEntry) {
      String next = nextLine("ENTRY_BEGIN");
      if (next.startsWith("ADDRESS")) {
        address = address(word(next.split("\\s+"), 1, "an address"));
        next = nextLine("ENTRY_BEGIN");
      }
      if (!next.equals("ENTRY_BEGIN")) {
        throw syntax("\"" + next + "\" (expected ENTRY_BEGIN of step " + number + ")");
      }
      entry = entry();
    }
    return new Step(line, number, kind, address, elapse, entry);
  }

  private Kind kind(String word) {
    for (Kind kind : Kind.values()) {
      if (kind.name().equals(word)) {
        return kind;
      }
    }
    throw unusable("unknown step " + word);
  }

  private Entry entry() {
    entryParser.begin(lineNumber);
    while (true) {
      String line = nextLine("ENTRY_END");
      if (line.equals("ENTRY_END")) {
        return entryParser.end();
      }
      entryParser.line(lineNumber, line);
    }
  }

  private InetAddress address(String word) {
    try {
      return Address.getByAddress(word.contains("@") ? word.substring(0, word.indexOf('@')) : word);
    } catch (UnknownHostException e) {
      throw syntax("address \"" + word + "\" (expected IPv4 or IPv6)");
    }
  }

  private int number(String word) {
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException e) {
      throw syntax("\"" + word + "\" (expected a step number)");
    }
  }

  private Duration seconds(String word) {
    try {
      return Duration.ofNanos(Math.round(Double.parseDouble(word) * NANOS_PER_SECOND));
    } catch (NumberFormatException e) {
      throw syntax("ELAPSE " + word + " (expected seconds)");
    }
  }

  private String word(String[] words, int index, String expected) {
    if (index >= words.length) {
      throw syntax("the line ends (expected " + expected + ")");
    }
    return words[index];
  }

  /** Returns the next line that says something, without comment and blanks around it. */
  private String nextLine(String missing) {
    while (lineNumber < lines.size()) {
      String line = withoutComment(lines.get(lineNumber++)).strip();
      if (!line.isEmpty()) {
        return line;
      }
    }
    throw syntax("the file ends (expected " + missing + ")");
  }

  /** A comment begins at a {@code ;} or, at the start of a word, a {@code #}; never in quotes. */
  static String withoutComment(String line) {
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      switch (line.charAt(i)) {
        case '\\' -> i++;
        case '"' -> quoted = !quoted;
        case ';' -> {
          if (!quoted) {
            return line.substring(0, i);
          }
        }
        case '#' -> {
          if (!quoted && (i == 0 || Character.isWhitespace(line.charAt(i - 1)))) {
            return line.substring(0, i);
          }
        }
        default -> {}
      }
    }
    return line;
  }

  private ScenarioSyntaxException syntax(String problem) {
    return new ScenarioSyntaxException(file, lineNumber, problem);
  }

  private UnusableScenarioException unusable(String problem) {
    return new UnusableScenarioException(file + ":" + lineNumber + ": " + problem);
  }
}
