package dev.holdfast.threats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** The page of attacks against the marks in the code. */
class AttackIndexTest {

  private final Map<Threat, SortedMap<String, TestKind>> tests = AttackTests.find();

  @Test
  void page_namesWhatTheCodeDoes() throws IOException {
    assumeThat(System.getProperty(AttackRecorder.WRITE)).as("being written").isNull();
    Set<AttackPage.Row> onPage = new HashSet<>(AttackPage.read(AttackPage.KEPT).rows());
    Set<AttackPage.Row> inCode = new HashSet<>(AttackPage.of(tests, Map.of()).rows());

    Set<AttackPage.Row> differences = new HashSet<>(onPage);
    differences.addAll(inCode);
    differences.removeIf(row -> onPage.contains(row) && inCode.contains(row));
    assertThat(differences)
        .as("on one side only; %s is written by: %s", AttackPage.KEPT, AttackPage.COMMAND)
        .isEmpty();
  }

  @Test
  void attacks_all_haveATestOfEveryKindTheyNeed() {
    List<String> untested = new ArrayList<>();
    tests.forEach(
        (threat, ofThreat) -> {
          for (TestKind kind : threat.needs()) {
            if (ofThreat.values().stream().noneMatch(each -> each.covers(kind))) {
              untested.add(threat + " by " + kind);
            }
          }
        });

    assertThat(untested).as("attacks without a test of a kind").isEmpty();
  }
}
