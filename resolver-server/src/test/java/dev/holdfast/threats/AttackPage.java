package dev.holdfast.threats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The page of attacks: what is tried, what happens instead, which tests show it, and how they
 * ended.
 *
 * @param rows attack and test, a line each as the page shows them
 * @param results the word for the end of each test
 */
record AttackPage(List<Row> rows, Map<String, String> results) {

  static final String COMMAND =
      "mvn -pl resolver-server test -Dgroups=attack -Dholdfast.write-attacks";

  /** The page that is kept with the sources. */
  static final Path KEPT =
      Path.of(System.getProperty("project.root", "..")).resolve("docs/attacks.md").normalize();

  private static final String NO_TEST = "no test";
  private static final String NOT_RUN = "not run";

  private static final Pattern ROW =
      Pattern.compile("\\| (.*) \\| .* \\| ([A-Z]) \\| `(.*)` \\| (.*) \\|");

  /**
   * One test against one attack.
   *
   * @param kind the letter of what the test is made of
   */
  record Row(String attack, String kind, String test) {}

  /** The page of these tests, with what is known of their ends. */
  static AttackPage of(
      Map<Threat, SortedMap<String, TestKind>> tests, Map<String, String> results) {
    List<Row> rows = new ArrayList<>();
    tests.forEach(
        (threat, names) ->
            names.forEach((name, kind) -> rows.add(new Row(threat.attack(), kind.letter(), name))));
    return new AttackPage(rows, results);
  }

  /** Reads a page; one that does not exist is empty. */
  static AttackPage read(Path file) throws IOException {
    List<Row> rows = new ArrayList<>();
    Map<String, String> results = new HashMap<>();
    String attack = "";
    for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        attack = row.group(1).isBlank() ? attack : row.group(1);
        rows.add(new Row(attack, row.group(2), row.group(3)));
        results.put(row.group(3), row.group(4));
      }
    }
    return new AttackPage(rows, results);
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text());
  }

  private String text() {
    Map<String, List<Row>> tests = new HashMap<>();
    SortedSet<String> names = new TreeSet<>();
    for (Row row : rows) {
      tests.computeIfAbsent(row.attack(), each -> new ArrayList<>()).add(row);
      names.add(row.test());
    }
    StringBuilder page =
        new StringBuilder(
            """
            # Attacks, and the tests that show them failing

            Written by `%s`,
            which runs these tests and no others. With `-Dtest=...` in place of `-Dgroups=attack` the results of tests that
            do not run stay as they are. A test fails when this page and the marks in the code (`@Attack`) differ.

            %d attacks, %d tests: %s. Kinds of tests: %s.
            """
                .formatted(COMMAND, Threat.values().length, names.size(), counts(names), kinds()));
    for (Threat.Kind kind : Threat.Kind.values()) {
      page.append("\n## %s\n\n".formatted(kind.title()));
      page.append("| attack | expected | kind | test | result |\n|---|---|---|---|---|\n");
      for (Threat threat : Threat.values()) {
        if (threat.kind() == kind) {
          appendRows(page, threat, tests.getOrDefault(threat.attack(), List.of()));
        }
      }
    }
    return page.toString();
  }

  private void appendRows(StringBuilder page, Threat threat, List<Row> ofThreat) {
    String about = "| " + threat.attack() + " | " + threat.expected() + " | ";
    if (ofThreat.isEmpty()) {
      page.append(about).append(" |  | ").append(NO_TEST).append(" |\n");
    }
    for (Row row : ofThreat) {
      page.append(
          "%s%s | `%s` | %s |\n".formatted(about, row.kind(), row.test(), result(row.test())));
      about = "|  |  | ";
    }
  }

  private static String kinds() {
    return Stream.of(TestKind.values())
        .map(kind -> kind.letter() + " " + kind.title())
        .collect(Collectors.joining("; "));
  }

  private String counts(SortedSet<String> names) {
    Map<String, Integer> counts = new TreeMap<>();
    names.forEach(name -> counts.merge(result(name), 1, Integer::sum));
    List<String> words = new ArrayList<>();
    counts.forEach((word, count) -> words.add(count + " " + word));
    return String.join(", ", words);
  }

  private String result(String name) {
    return results.getOrDefault(name, NOT_RUN);
  }
}
