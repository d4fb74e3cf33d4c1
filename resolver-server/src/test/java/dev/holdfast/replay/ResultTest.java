package dev.holdfast.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ResultTest {

  @Test
  void goodPercent_countsKnownNamesDuringTheOutage() {
    Result result =
        result(
            sample(0, 0, Outcome.STALE),
            sample(1, 10, Outcome.WRONG),
            sample(Names.KNOWN, 20, Outcome.FAILED),
            sample(2, 1500, Outcome.WRONG));

    assertThat(Measure.GOOD.of(result)).isEqualTo(50);
    assertThat(Measure.WRONG.of(result)).isEqualTo(1);
  }

  @Test
  void latency_quantileWithAndWithoutTheFirst() {
    Result result =
        result(
            IntStream.range(0, 103)
                .mapToObj(i -> new Sample(0, i, i < 3 ? 2000 : i, Outcome.STALE, 0, 3, false))
                .toArray(Sample[]::new));

    assertThat(Measure.P99.of(result)).isEqualTo(2000);
    assertThat(Measure.P99_AFTER_THREE.of(result)).isEqualTo(101);
    assertThat(Measure.P50.of(result)).isEqualTo(54);
  }

  @Test
  void freshAfter_lastNameThatStayedFresh_decides() {
    Result result =
        result(
            sample(0, 1100, Outcome.STALE),
            fresh(1, 1200),
            fresh(0, 1600),
            sample(1, 1700, Outcome.STALE),
            fresh(1, 2200));

    assertThat(Measure.FRESH_AFTER.of(result)).isEqualTo((2200 + 1 - 1000) / 1000.0);
  }

  @Test
  void freshAfter_nameThatNeverWas_isNever() {
    Result result = result(fresh(0, 1100), sample(1, 1200, Outcome.WRONG));

    assertThat(Measure.FRESH_AFTER.of(result)).isInfinite();
    assertThat(Measure.FRESH_AFTER.format(Measure.FRESH_AFTER.of(result))).isEqualTo("never");
  }

  @Test
  void unseen_answeredOrToldWhy_countsAsTold() {
    Result result =
        result(
            new Sample(Names.KNOWN, 0, 40, Outcome.FAILED, 2, 22, false),
            new Sample(Names.KNOWN + 1, 10, 3000, Outcome.LATE, 0, -1, true),
            new Sample(Names.KNOWN + 2, 20, 6000, Outcome.SILENT, -1, -1, false),
            new Sample(Names.KNOWN + 3, 30, 50, Outcome.FAILED, 2, -1, false));

    assertThat(Measure.UNSEEN_TOLD.of(result)).isEqualTo(50);
    assertThat(Measure.UNSEEN.of(result)).isEqualTo(6000);
    assertThat(Measure.UNSEEN_LATER.of(result)).isNaN();
  }

  @Test
  void bar_measureThatWasNotTaken_isNotJudged() {
    assertThat(new Bar(Measure.FIRST_ANSWER, 1000).isMet(result())).isTrue();
  }

  @Test
  void missed_namesTheDemandsThatWereMissed() {
    Scenario scenario =
        new Scenario(
            "any",
            "Anything.",
            false,
            0,
            List.of(),
            List.of(new Bar(Measure.GOOD, 100), new Bar(Measure.P99, 50)));
    Result result = result(new Sample(0, 0, 80, Outcome.STALE, 0, 3, false));

    assertThat(result.missed(scenario))
        .containsExactly(new Bar(Measure.P99, 50))
        .allSatisfy(
            bar -> assertThat(bar.describe(result)).isEqualTo("p99 80 ms (must be <= 50 ms)"));
  }

  private static Result result(Sample... samples) {
    return new Result(
        "any", "", Stream.of(samples).toList(), 0, 1000, 10, List.of(), Double.NaN, -1);
  }

  private static Sample sample(int name, double sentMillis, Outcome outcome) {
    return new Sample(name, sentMillis, 1, outcome, 0, -1, false);
  }

  private static Sample fresh(int name, double sentMillis) {
    return new Sample(name, sentMillis, 1, Outcome.FRESH, 0, -1, true);
  }
}
