package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.replay.Scenarios;
import dev.holdfast.report.Report;
import dev.holdfast.report.ReportFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayCommandTest {

  private final Program program = new Program();

  @TempDir Path folder;

  @Test
  void list_showsEveryScenarioAndItsDemands() {
    assertThat(program.run("replay", "--list")).isZero();
    Scenarios.all().forEach(scenario -> assertThat(program.out()).contains(scenario.sentence()));
    assertThat(program.out()).contains("good >= 100 %", "p99 <= 50 ms");
  }

  @Test
  void compare_reports_showsThemSideBySideOnOnePage() throws IOException {
    Path one = folder.resolve("one.json");
    Path two = folder.resolve("two.json");
    Path page = folder.resolve("page.html");
    ReportFile.write(one, new Report("first server", List.of(), null));
    ReportFile.write(two, new Report("second server", List.of(), null));

    int exit =
        program.run(
            "replay", "--compare", one.toString(), two.toString(), "--html", page.toString());

    assertThat(exit).isZero();
    assertThat(Files.readString(page)).contains("first server", "second server");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replay silense | Did you mean \"silence\"?",
        "replay day silence | day (expected it alone)",
        "replay --peer bnid | bnid (expected one of unbound, dnsdist, dnsmasq, bind",
        "replay --peer bind --server-command x | expected one of them",
        "replay --parallel 0 | --parallel: 0 (expected 1..99)",
        "replay day --scale x | --scale: x (expected 1..9999)",
      })
  void replay_wrongUse_saysWhatIsWrong(String arguments, String message) {
    assertThat(program.run(arguments.split(" "))).isEqualTo(2);
    assertThat(program.err()).contains(message);
  }

  @Test
  void compare_fileThatIsNoReport_saysSo() throws IOException {
    Path file = Files.writeString(folder.resolve("page.json"), "{}");

    assertThat(program.run("replay", "--compare", file.toString())).isEqualTo(1);
    assertThat(program.err()).contains("page.json: no replay report");
  }
}
