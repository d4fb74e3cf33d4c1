package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bound of questions in flight: who gives way to whom. */
final class InFlightLimitTest {

  private static final int CAPACITY = 8;

  private final ResolverFixture fixture = ResolverFixture.with().limits(inFlight(CAPACITY)).start();

  @Test
  void resolve_fullOfYoungQuestions_turnsNewOnesAway() {
    List<Asked> first = fill();
    fixture.advanceMillis(199);

    Asked tooMany = ask("late.example.org");

    assertThat(tooMany.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(tooMany.extendedErrors()).containsExactly(ExtendedError.NOT_READY);
    assertThat(first).allMatch(Asked::isWaiting);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT)).isEqualTo(1);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_REPLACED)).isZero();
    assertThat(fixture.sent()).isEqualTo(CAPACITY);
  }

  @Test
  void resolve_fullOfOldQuestions_theOldestUnprotectedGivesWay() {
    List<Asked> first = fill();
    fixture.advanceMillis(200);

    Asked late = ask("late.example.org");

    assertThat(late.isWaiting()).isTrue();
    Asked replaced = first.get(CAPACITY / 2);
    assertThat(replaced.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(replaced.extendedErrors()).containsExactly(ExtendedError.NOT_READY);
    assertThat(first.stream().filter(Asked::isWaiting)).hasSize(CAPACITY - 1);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_REPLACED)).isEqualTo(1);
  }

  @Test
  void resolve_flood_halfOfTheQuestionsKeepTheirPlaces() {
    List<Asked> first = fill();
    for (int i = 0; i < 100; i++) {
      fixture.advanceMillis(20);
      ask("flood" + i + ".example.org");
    }

    assertThat(first.subList(0, CAPACITY / 2)).allMatch(Asked::isWaiting);
    assertThat(first.subList(CAPACITY / 2, CAPACITY)).noneMatch(Asked::isWaiting);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT)).isPositive();
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_REPLACED)).isPositive();
  }

  @Test
  void resolve_replacedQuestion_isNotRememberedAsFailed() {
    fill();
    fixture.advanceMillis(200);
    ask("late.example.org");
    fixture.pending().forEach(this::answer);

    Asked again = ask("n" + CAPACITY / 2 + ".example.org");

    assertThat(again.isWaiting()).isTrue();
  }

  @Test
  void resolve_lateReplyToAReplacedQuestion_disturbsNobody() {
    fill();
    fixture.advanceMillis(200);
    ask("late.example.org");

    fixture.pending().forEach(this::answer);

    assertThat(fixture.resolvers().waiting()).isZero();
    assertThat(fixture.pending()).isEmpty();
  }

  @Test
  void resolve_endedQuestions_givePlacesBack() {
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < CAPACITY; i++) {
        assertThat(ask("r" + round + "n" + i + ".example.org").isWaiting()).isTrue();
      }
      fixture.pending().forEach(this::answer);
    }
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT)).isZero();
  }

  @Test
  void resolve_joiningAQuestionInFlight_needsNoPlace() {
    fill();

    assertThat(ask("n3.example.org").isWaiting()).isTrue();
    assertThat(fixture.count(Counter.QUESTIONS_JOINED)).isEqualTo(1);
  }

  @Test
  void resolve_fullWithAStaleAnswerAtHand_servesIt() {
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    fixture.advanceSeconds(400);
    fill();

    Asked asked = ask("www.example.org");

    assertThat(asked.answers()).containsExactly("www.example.org. 30 A 192.0.2.1");
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
  }

  private List<Asked> fill() {
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < CAPACITY; i++) {
      all.add(ask("n" + i + ".example.org"));
    }
    assertThat(all).allMatch(Asked::isWaiting);
    return all;
  }

  private Asked ask(String name) {
    return fixture.ask(MessageBytes.query(name, RecordType.A).opt(1232, 0));
  }

  private void answer(ScriptedExchange.Query query) {
    String name = query.message().getQuestion().getName().toString();
    fixture.deliver(query, DnsjavaReply.to(query.message()).answer(name + " 300 A 192.0.2.1"));
  }

  static LimitsConfig inFlight(int questions) {
    LimitsConfig defaults = LimitsConfig.DEFAULTS;
    return new LimitsConfig(
        questions,
        defaults.inFlightPerUpstream(),
        defaults.waitersPerQuestion(),
        defaults.waitersPerClient(),
        defaults.sendsPerQuestion(),
        defaults.cnameChain(),
        defaults.cachedRecords(),
        defaults.cachedSizeBytes(),
        defaults.answerDeadline());
  }
}
