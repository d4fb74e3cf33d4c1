package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bound of questions in flight: who gets a place, and who gives way to whom. */
@Attack(Threat.TABLE_JAMMING)
final class InFlightLimitTest {

  private static final int CAPACITY = 8;

  private int clients;
  private ResolverFixture fixture = ResolverFixture.with().limits(limits(CAPACITY, 1024)).start();

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

  @Test
  void resolve_oneUpstreamFullOfOldQuestions_theOldestUnprotectedGivesWay() {
    fixture = ResolverFixture.with().limits(limits(4096, CAPACITY)).start();
    List<Asked> first = fill();
    fixture.advanceMillis(199);
    assertThat(ask("early.example.org").rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM)).isEqualTo(1);
    fixture.advanceMillis(1);

    assertThat(ask("late.example.org").isWaiting()).isTrue();

    assertThat(first.subList(0, CAPACITY / 2)).allMatch(Asked::isWaiting);
    assertThat(first.get(CAPACITY / 2).rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_REPLACED)).isEqualTo(1);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT)).isZero();
  }

  @Test
  void resolve_replacedQuestion_takesItsMessagesBack() {
    fill();
    fixture.advanceMillis(200);
    int messages = fixture.pending().size();

    ask("late.example.org");

    assertThat(fixture.pending()).hasSize(messages);
    assertThat(fixture.pending())
        .noneMatch(query -> isFor(query, "n" + CAPACITY / 2 + ".example.org."));
  }

  @Test
  @Attack(Threat.UNFAIR_CLIENT)
  void resolve_clientThatFloods_getsHalfOfThePlaces() {
    List<Asked> flood = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      flood.add(ask("flood" + i + ".example.org", "10.9.0.1"));
    }

    assertThat(flood.stream().filter(Asked::isWaiting)).hasSize(CAPACITY / 2);
    assertThat(flood.getLast().rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(flood.getLast().extendedErrors()).containsExactly(ExtendedError.NOT_READY);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_PER_CLIENT)).isEqualTo(100 - CAPACITY / 2);
    assertThat(ask("www.example.org").isWaiting()).isTrue();
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT)).isZero();
  }

  @Test
  @Attack(Threat.UNFAIR_CLIENT)
  void resolve_severalClientsFloodOneUpstream_placesAreLeftForOthers() {
    fixture = ResolverFixture.with().limits(limits(4096, 100)).start();
    for (int i = 0; i < 1000; i++) {
      ask("flood" + i + ".example.org", "10.9.0." + i % 9);
    }

    for (int i = 0; i < 5; i++) {
      assertThat(ask("www" + i + ".example.org").isWaiting()).isTrue();
    }
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM)).isZero();
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_REPLACED)).isZero();
  }

  @Test
  @Attack(Threat.UNFAIR_CLIENT)
  void resolve_clientThatFloodsFromManyAddressesOfItsNetwork_isOneClient() {
    for (int i = 0; i < 100; i++) {
      ask("flood" + i + ".example.org", "fd00::" + Integer.toHexString(i + 1));
    }

    assertThat(fixture.resolvers().inFlight()).isEqualTo(CAPACITY / 2);
  }

  @Test
  void resolve_refreshBesideAFlood_findsAPlace() {
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    fixture.advanceSeconds(299);
    for (int i = 0; i < 100; i++) {
      ask("flood" + i + ".example.org", "10.9.0.1");
    }

    ask("www.example.org");

    assertThat(fixture.pending()).anyMatch(query -> isFor(query, "www.example.org."));
  }

  private static boolean isFor(ScriptedExchange.Query query, String name) {
    return query.message().getQuestion().getName().toString().equals(name);
  }

  private List<Asked> fill() {
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < CAPACITY; i++) {
      all.add(ask("n" + i + ".example.org"));
    }
    assertThat(all).allMatch(Asked::isWaiting);
    return all;
  }

  /** Asks as a client that nobody else is, and whose slot nobody else has by chance. */
  private Asked ask(String name) {
    long refused = fixture.count(Counter.LIMIT_IN_FLIGHT_PER_CLIENT);
    clients++;
    Asked asked = ask(name, "10.0." + clients / 250 + "." + clients % 250);
    return fixture.count(Counter.LIMIT_IN_FLIGHT_PER_CLIENT) == refused ? asked : ask(name);
  }

  private Asked ask(String name, String client) {
    MessageBytes query = MessageBytes.query(name, RecordType.A).opt(1232, 0);
    return fixture.ask(query, client, 40_000, /* stream= */ false);
  }

  private void answer(ScriptedExchange.Query query) {
    String name = query.message().getQuestion().getName().toString();
    fixture.deliver(query, DnsjavaReply.to(query.message()).answer(name + " 300 A 192.0.2.1"));
  }

  static LimitsConfig inFlight(int questions) {
    return limits(questions, LimitsConfig.DEFAULTS.inFlightPerUpstream());
  }

  private static LimitsConfig limits(int inFlight, int perUpstream) {
    return new LimitsBuilder().inFlight(inFlight).inFlightPerUpstream(perUpstream).build();
  }
}
