package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.TestKind;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The end of a long outage, seen by the clients and by the upstream that is back. */
final class RecoveryTest {

  private static final int NAMES = 100_000;
  private static final int PER_SECOND = 500;
  private static final int STEP_MILLIS = 20;

  /** Names that are asked for in one step. */
  private static final int HOT_NAMES = 40;

  private final ResolverFixture fixture = ResolverFixture.with().loops(2).start();
  private final Map<String, Integer> asked = new HashMap<>();

  @Attack(value = Threat.RETRY_STORM, kind = TestKind.LOAD)
  @Test
  void recovered_manyHotNamesAfterFiveMinutesOfSilence_arePacedAskedOnceAndKeepNobodyWaiting() {
    for (int i = 0; i < NAMES; i++) {
      fixture.learn(name(i) + " 300 A 192.0.2.1");
    }
    fixture.advanceSeconds(301);
    fixture.takeDown();
    for (int second = 0; second < 300; second += 100) {
      for (int i = 0; i < NAMES; i++) {
        assertThat(askOn(i % 2, i).isAnsweredAtOnce()).isTrue();
      }
      fixture.advanceSeconds(100);
    }
    int sentBefore = fixture.sent();

    fixture.heal();
    fixture.resolvers().recovered();

    int steps = 0;
    int sent = sentBefore;
    while (fixture.sent() - sentBefore < NAMES) {
      for (int i = 0; i < HOT_NAMES; i++) {
        assertThat(askOn(i % 2, (steps * HOT_NAMES + i) % NAMES).isAnsweredAtOnce()).isTrue();
      }
      fixture.advance(Duration.ofMillis(STEP_MILLIS));
      answerAll();
      steps++;
      assertThat(fixture.sent() - sent).isLessThanOrEqualTo(PER_SECOND * STEP_MILLIS / 1000 + 10);
      sent = fixture.sent();
    }
    assertThat(steps * STEP_MILLIS / 1000)
        .isBetween(NAMES / PER_SECOND - 1, NAMES / PER_SECOND + 5);
    assertThat(asked).hasSize(NAMES);
    assertThat(asked.values()).containsOnly(1);
    assertThat(fixture.count(Counter.STALE_REFRESHES)).isEqualTo(NAMES);
    assertThat(askOn(0, 7).answers()).singleElement().asString().endsWith("A 192.0.2.2");
  }

  private Asked askOn(int loop, int number) {
    MessageBytes query = MessageBytes.query(name(number), RecordType.A);
    return fixture.askOn(loop, query, "10.0.0." + (1 + number % 200), 5_353, /* stream= */ false);
  }

  private void answerAll() {
    for (ScriptedExchange.Query query : List.copyOf(fixture.pending())) {
      String name = query.message().getQuestion().getName().toString();
      asked.merge(name, 1, Integer::sum);
      fixture.deliver(query, DnsjavaReply.to(query.message()).answer(name + " 300 A 192.0.2.2"));
    }
  }

  private static String name(int number) {
    return "h" + number + ".example.org.";
  }
}
