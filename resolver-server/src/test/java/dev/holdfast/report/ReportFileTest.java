package dev.holdfast.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.replay.DayResult;
import dev.holdfast.replay.Outcome;
import dev.holdfast.replay.Result;
import dev.holdfast.replay.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {

  @TempDir Path folder;

  @Test
  void read_whatWasWritten_isTheSame() throws IOException {
    Report report =
        new Report("some \"server\" <1>", List.of(result("silence"), result("empty")), day());
    Path file = folder.resolve("report.json");

    ReportFile.write(file, report);

    assertThat(ReportFile.read(file)).isEqualTo(report);
  }

  @Test
  void read_somethingElse_isRefused() throws IOException {
    for (String text : List.of("{}", "[1]", "{\"holdfast-replay\": 2}", "<html>", "{")) {
      Path file = Files.writeString(folder.resolve("other.json"), text);
      assertThatThrownBy(() -> ReportFile.read(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("other.json");
    }
  }

  @Test
  void merged_sameServer_isOneReport() {
    Report scenarios = new Report("one", List.of(result("silence")), null);
    Report day = new Report("one", List.of(), day());
    Report other = new Report("two", List.of(result("silence")), null);

    List<Report> merged = Report.merged(List.of(scenarios, other, day));

    assertThat(merged).containsExactly(new Report("one", scenarios.results(), day.day()), other);
  }

  @Test
  void page_severalServers_needsNoNetworkAndEscapesNames() {
    Report report = new Report("<b>one</b>", List.of(result("silence")), day());

    String html = Page.html(List.of(report, new Report("two", List.of(result("empty")), null)));

    assertThat(html)
        .contains("&lt;b&gt;one&lt;/b&gt;", "id=\"silence\"", "id=\"empty\"", "id=\"day\"", "<svg")
        .contains("prefers-color-scheme: dark")
        .doesNotContain("<b>one", "http:", "https:", "src=", "@import", "NaN");
  }

  private static Result result(String scenario) {
    List<Sample> samples =
        List.of(
            new Sample(0, 0.25, 1800.5, Outcome.STALE, 0, 3, false),
            new Sample(1, 10, 6000, Outcome.SILENT, -1, -1, false),
            new Sample(0, 1200.125, 0.375, Outcome.FRESH, 0, -1, true));
    return new Result(
        scenario, "", samples, 2, 1000.5, Double.NaN, List.of(3, 0, 1), Double.NaN, 7);
  }

  private static DayResult day() {
    Map<Outcome, List<Double>> answers = new EnumMap<>(Outcome.class);
    Arrays.stream(Outcome.values()).forEach(each -> answers.put(each, List.of(1.0, 2.0)));
    return new DayResult(
        3600, 3660, 3720, 60, answers, List.of(5.0, 0.5), 12, Double.POSITIVE_INFINITY);
  }
}
