package dev.holdfast.scenario;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ScenarioRunnerTest {

  private static final String CONFIG = "forward-addr: 192.0.2.53\nCONFIG_END\nSCENARIO_BEGIN x\n";
  private static final String QUERY =
      "QUERY\nENTRY_BEGIN\nREPLY RD\nSECTION QUESTION\nwww.example.org. IN A\nENTRY_END\n";
  private static final String CHECK =
      """
      CHECK_ANSWER
      ENTRY_BEGIN
      MATCH all
      REPLY QR RD RA NOERROR
      SECTION QUESTION
      www.example.org. IN A
      SECTION ANSWER
      www.example.org. IN A 192.0.2.1
      ENTRY_END
      """;
  private static final String CHECK_SERVFAIL =
      "CHECK_ANSWER\nENTRY_BEGIN\nMATCH rcode\nREPLY RA SERVFAIL\nENTRY_END\n";
  private static final String CHECK_OUT_QUERY =
      """
      CHECK_OUT_QUERY
      ENTRY_BEGIN
      MATCH qname qtype
      SECTION QUESTION
      www.example.org. IN A
      ENTRY_END
      """;
  private static final String REPLY = reply("", "192.0.2.1");

  @Test
  void play_upstreamAnswersFromItsRange_passes() {
    assertThatCode(() -> play(range("0 9", REPLY), step(1, QUERY), step(2, CHECK)))
        .doesNotThrowAnyException();
  }

  @Test
  void play_answerDiffers_failsWithFileLineAndDifference() {
    String other = reply("", "192.0.2.2");

    assertThatThrownBy(() -> play(range("0 9", other), step(1, QUERY), step(2, CHECK)))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("test.rpl:22: STEP 2 CHECK_ANSWER: no answer matches")
        .hasMessageContaining("ANSWER lacks www.example.org. 3600 IN A 192.0.2.1")
        .hasMessageContaining("ANSWER has surplus www.example.org. 3600 IN A 192.0.2.2");
  }

  @Test
  void play_answerNotChecked_fails() {
    assertThatThrownBy(() -> play(range("0 9", REPLY), step(1, QUERY)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("answers that no step checks");
  }

  @Test
  void play_upstreamLeftWaiting_fails() {
    assertThatThrownBy(() -> play(step(1, QUERY)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("left unanswered: [www.example.org. A to 192.0.2.53:53]");
  }

  @Test
  void play_rangeOver_noAnswerComes() {
    assertThatThrownBy(() -> play(range("0 1", REPLY), step(1, QUERY), step(2, CHECK)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no answer came; waiting for [www.example.org. A to");
  }

  @Test
  void play_outQueryAndReply_passes() {
    assertThatCode(
            () ->
                play(
                    step(1, QUERY),
                    step(2, CHECK_OUT_QUERY),
                    step(3, "REPLY\n" + REPLY),
                    step(4, CHECK)))
        .doesNotThrowAnyException();
  }

  @Test
  void play_outQueryMissing_fails() {
    assertThatThrownBy(
            () ->
                play(range("0 9", REPLY), step(1, QUERY), step(2, CHECK), step(3, CHECK_OUT_QUERY)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("STEP 3 CHECK_OUT_QUERY: not asked of an upstream");
  }

  @Test
  void play_timeoutAndError_failTheWaitingQuestionOrDoNothing() {
    for (String broken : new String[] {"TIMEOUT\n", "ERROR\n"}) {
      assertThatCode(
              () -> play(step(1, QUERY), step(2, broken), step(3, broken), step(4, CHECK_SERVFAIL)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void play_timePasses_questionsTimeOutOnTheWay() {
    assertThatCode(
            () -> play(step(1, QUERY), step(2, "TIME_PASSES ELAPSE 5\n"), step(3, CHECK_SERVFAIL)))
        .doesNotThrowAnyException();
  }

  @Test
  void play_replyAfterTheTimeout_comesTooLate() {
    assertThatCode(
            () ->
                play(
                    step(1, QUERY),
                    step(2, "TIME_PASSES ELAPSE 5\n"),
                    step(3, "REPLY\n" + REPLY),
                    step(4, CHECK_SERVFAIL)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> play(step(1, "REPLY\n" + REPLY)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no question to an upstream waits");
  }

  @Test
  void play_asksAlthoughNoUpstreamIsNamed_isUnusable() {
    Scenario scenario =
        ScenarioParser.parse(
            "test.rpl",
            "CONFIG_END\nSCENARIO_BEGIN x\n" + step(1, QUERY) + step(2, CHECK) + "SCENARIO_END");

    assertThatThrownBy(() -> ScenarioRunner.play(scenario, ForwardingResolver::new))
        .isInstanceOf(UnusableScenarioException.class)
        .hasMessageContaining("names neither forward-addr nor stub-addr");
  }

  @Test
  void play_delayedReply_comesWhenItsTimeHasPassed() {
    String delayed = range("0 9", reply("sleep=1", "192.0.2.1"));

    assertThatCode(
            () ->
                play(
                    delayed,
                    step(1, QUERY),
                    step(2, "TIME_PASSES ELAPSE 0.999\n"),
                    step(3, "TIME_PASSES ELAPSE 0.001\n"),
                    step(4, CHECK)))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                play(delayed, step(1, QUERY), step(2, "TIME_PASSES ELAPSE 0.5\n"), step(3, CHECK)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no answer came");
  }

  @Test
  void play_severalEntriesMatch_firstWinsButLastInTheClientDialect() {
    String first = reply("", "192.0.2.1");
    String second = reply("", "192.0.2.2");

    assertThatCode(() -> play(range("0 9", first + second), step(1, QUERY), step(2, CHECK)))
        .doesNotThrowAnyException();
    assertThatCode(
            () ->
                play(
                    range("0 9", second + first).replace(" RA", ""),
                    step(1, QUERY),
                    step(2, CHECK.replace(" RA", ""))))
        .doesNotThrowAnyException();
  }

  @Test
  void play_upstreamRefers_isUnusable() {
    String referral =
        """
        ENTRY_BEGIN
        MATCH subdomain
        ADJUST copy_id copy_query
        REPLY QR RA NOERROR
        SECTION QUESTION
        org. IN A
        SECTION AUTHORITY
        org. IN NS ns.example.
        ENTRY_END
        """;

    assertThatThrownBy(() -> play(range("0 9", referral), step(1, QUERY), step(2, CHECK)))
        .isInstanceOf(UnusableScenarioException.class)
        .hasMessage("iterates: 192.0.2.53 refers www.example.org. A to the servers of org.");
  }

  @Test
  void play_onlyOthersAnswer_isUnusable() {
    String elsewhere = range("0 9", "ADDRESS 192.0.2.99\n" + REPLY);

    assertThatThrownBy(() -> play(elsewhere, step(1, QUERY), step(2, CHECK)))
        .isInstanceOf(UnusableScenarioException.class)
        .hasMessage("iterates: only 192.0.2.99 answers www.example.org. A");
  }

  @Test
  void play_configOfSomethingElse_isUnusable() {
    Scenario scenario =
        ScenarioParser.parse(
            "test.rpl",
            """
            local-zone: "example.org." static
            forward-addr: 192.0.2.53
            CONFIG_END
            SCENARIO_BEGIN x
            SCENARIO_END
            """);

    assertThatThrownBy(() -> ScenarioRunner.play(scenario, ForwardingResolver::new))
        .isInstanceOf(UnusableScenarioException.class)
        .hasMessage("test.rpl:1: needs local-zone");
  }

  private static String range(String steps, String entries) {
    return "RANGE_BEGIN " + steps + "\n" + entries + "RANGE_END\n";
  }

  private static String reply(String adjust, String address) {
    return """
    ENTRY_BEGIN
    MATCH opcode qtype qname
    ADJUST copy_id %s
    REPLY QR RD RA NOERROR
    SECTION QUESTION
    www.example.org. IN A
    SECTION ANSWER
    www.example.org. IN A %s
    ENTRY_END
    """
        .formatted(adjust, address);
  }

  private static String step(int number, String what) {
    return "STEP " + number + " " + what;
  }

  private static void play(String... parts) {
    String text = CONFIG + String.join("", parts) + "SCENARIO_END\n";
    ScenarioRunner.play(ScenarioParser.parse("test.rpl", text), ForwardingResolver::new);
  }
}
