package dev.holdfast.threats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.CounterGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page of limits against the configuration, the counters and the tests. */
class LimitsPageTest {

  private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
  private static final Path TESTS = ROOT.resolve("resolver-server/src/test/java/dev/holdfast");

  /** A line of the table; a key or a counter may be missing. */
  record Row(String limit, List<String> keys, List<String> counters, List<String> tests) {

    static Row of(String line) {
      String[] cells = line.split("\\|", -1);
      return new Row(cells[1].strip(), names(cells[3]), names(cells[4]), names(cells[5]));
    }

    static List<String> names(String cell) {
      return Stream.of(cell.split("[ ,`]+")).filter(name -> !name.isEmpty()).toList();
    }
  }

  static List<Row> rows() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/limits.md")).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| limit |"))
        .map(Row::of)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void row_namesWhatThereIs(Row row) throws IOException {
    String configuration = Files.readString(ROOT.resolve("conf/holdfast.yaml"));
    for (String key : row.keys) {
      assertThat(configuration).contains(key.substring(key.indexOf('.') + 1) + ":");
    }
    assertThat(row.tests).hasSize(1);
    String test = Files.readString(TESTS.resolve(row.tests.getFirst().replace('.', '/') + ".java"));
    for (String counter : row.counters) {
      assertThat(Counter.values()).extracting(Counter::name).contains(counter);
      assertThat(test).contains("Counter." + counter);
    }
  }

  @Test
  void rows_haveEveryLimitThatIsCounted() throws IOException {
    List<String> onPage = rows().stream().flatMap(row -> row.counters.stream()).toList();

    for (String word : CounterGroup.LIMIT_REACHED.words()) {
      assertThat(CounterGroup.LIMIT_REACHED.counters(word))
          .extracting(Counter::name)
          .isSubsetOf(onPage);
    }
  }

  @Test
  void rows_haveEveryLimitThatCanBeSet() throws IOException {
    List<String> onPage = rows().stream().flatMap(row -> row.keys.stream()).toList();
    String configuration = Files.readString(ROOT.resolve("conf/holdfast.yaml"));

    for (String section : List.of("limits", "tcp")) {
      assertThat(keysOf(configuration, section))
          .isNotEmpty()
          .allSatisfy(key -> assertThat(onPage).contains(section + "." + key));
    }
  }

  /** The keys of a section that is commented out. */
  private static List<String> keysOf(String configuration, String section) {
    return configuration
        .lines()
        .dropWhile(line -> !line.equals("#" + section + ":"))
        .skip(1)
        .takeWhile(line -> line.startsWith("#  "))
        .filter(line -> line.matches("#  [a-z-]+:.*"))
        .map(line -> line.substring(3, line.indexOf(':')))
        .toList();
  }
}
