package dev.holdfast.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Plays every scenario: this project's own and those of a folder, {@code -Dscenarios.dir=} or the
 * shared one beside the repository. A file that says nothing about a forwarder is skipped with the
 * reason.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ScenariosTest {

  private static final int DOMAIN_FILES = 12;
  private static final int DOMAIN_PASSING = 11;
  private static final int UNBOUND_FILES = 15;
  private static final int UNBOUND_PASSING = 9;

  private final Map<String, String> notApplicable = ScenarioFolders.notApplicable();
  private final TreeSet<String> passed = new TreeSet<>();
  private final TreeMap<String, String> leftOut = new TreeMap<>();

  @TestFactory
  List<DynamicTest> scenarios() {
    List<DynamicTest> tests = new ArrayList<>();
    addFolder(ScenarioFolders.own(), "own", tests);
    Path requested = ScenarioFolders.requested();
    Path folder = requested == null ? ScenarioFolders.shared() : requested;
    if (Files.isDirectory(folder)) {
      int before = tests.size();
      addFolder(folder, "", tests);
      List<String> names =
          tests.subList(before, tests.size()).stream().map(DynamicTest::getDisplayName).toList();
      tests.add(dynamicTest("enough of the shared scenarios pass", () -> checkEnoughPass(names)));
    } else if (folder.equals(ScenarioFolders.shared())) {
      String missing =
          "no folder " + folder + " (-D" + ScenarioFolders.PROPERTY + "= names another one)";
      tests.add(dynamicTest("shared scenarios", () -> abort(missing)));
    } else {
      tests.add(dynamicTest(folder.toString(), () -> assertThat(folder).isDirectory()));
    }
    return tests;
  }

  private void addFolder(Path folder, String prefix, List<DynamicTest> tests) {
    for (Path file : ScenarioFolders.scenarios(folder)) {
      String name = Path.of(prefix).resolve(folder.relativize(file)).toString();
      tests.add(dynamicTest(name, file.toUri(), () -> play(file, name)));
    }
  }

  private void play(Path file, String name) throws IOException {
    String reason = notApplicable.get(file.getFileName().toString());
    if (reason != null) {
      leaveOut(name, reason);
    }
    try {
      ScenarioRunner.play(ScenarioParser.parse(file, name), ResolverUnderTest::create);
    } catch (UnusableScenarioException e) {
      leaveOut(name, e.reason());
    }
    passed.add(name);
  }

  private void leaveOut(String name, String reason) {
    leftOut.put(name, reason);
    abort("not applicable: " + reason);
  }

  /* Reasons of skipped tests are not shown by every build tool, and here they are the point. */
  @AfterAll
  void listResults() {
    StringBuilder list = new StringBuilder("Scenarios: " + passed.size() + " passed");
    leftOut.forEach(
        (name, reason) ->
            list.append("\n  ").append(name).append(" not applicable: ").append(reason));
    System.out.println(list);
  }

  private void checkEnoughPass(List<String> names) {
    long domain = count(names, "domain/");
    long unbound = count(names, "unbound/");
    if (domain < DOMAIN_FILES || unbound < UNBOUND_FILES) {
      abort("another folder than the shared one was played");
    }
    assertThat(count(passed, "domain/")).as("of " + passed).isGreaterThanOrEqualTo(DOMAIN_PASSING);
    assertThat(count(passed, "unbound/"))
        .as("of " + passed)
        .isGreaterThanOrEqualTo(UNBOUND_PASSING);
  }

  private static long count(Iterable<String> names, String prefix) {
    long count = 0;
    for (String name : names) {
      count += name.startsWith(prefix) ? 1 : 0;
    }
    return count;
  }
}
