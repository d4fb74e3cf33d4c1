package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import org.junit.jupiter.api.Test;

/** Questions that failed are not asked again for a while (RFC 9520). */
final class FailureTest {

  private static final String WWW = "www.example.org. 300 A 192.0.2.1";

  private final ResolverFixture fixture = ResolverFixture.start();

  @Test
  void resolve_failedAMomentAgo_isToldAtOnceWithoutTheUpstream() {
    failOnce();

    for (int i = 0; i < 10; i++) {
      Asked asked = ask();
      assertThat(asked.isAnsweredAtOnce()).isTrue();
      assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
      assertThat(asked.extendedErrors()).containsExactly(ExtendedError.CACHED_ERROR);
      fixture.advanceMillis(80);
    }
    assertThat(fixture.sent()).isEqualTo(1);
    assertThat(fixture.count(Counter.ANSWERS_FAILURE_REMEMBERED)).isEqualTo(10);
  }

  @Attack(Threat.RETRY_STORM)
  @Test
  void resolve_failsAgainAndAgain_isAskedMoreAndMoreSeldom() {
    int[] perMinute = new int[4];
    for (int second = 0; second < 240; second++) {
      int before = fixture.sent();
      Asked asked = ask();
      if (asked.isWaiting()) {
        fixture.deliver(fixture.reply().rcode(Rcode.SERVFAIL));
        fixture.heal();
      }
      assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
      perMinute[second / 60] += fixture.sent() - before;
      fixture.advanceSeconds(1);
    }

    assertThat(perMinute[0]).isBetween(5, 8);
    assertThat(perMinute[2]).isBetween(1, 3);
    assertThat(perMinute[3]).isBetween(1, 3);
  }

  @Test
  void resolve_answeredAgain_forgetsTheFailures() {
    failOnce();
    fixture.advanceSeconds(1);
    failOnce();
    fixture.advanceSeconds(2);
    ask();
    fixture.replyWith("www.example.org. 1 A 192.0.2.1");
    fixture.advanceSeconds(1);

    fixture.ask("www.example.org", RecordType.A);
    fixture.deliver(fixture.reply().rcode(Rcode.SERVFAIL));
    fixture.advanceSeconds(1);

    assertThat(ask().isWaiting()).isTrue();
  }

  @Test
  void resolve_otherQuestions_areAskedNonetheless() {
    failOnce();

    assertThat(fixture.ask("www.example.org", RecordType.AAAA).isWaiting()).isTrue();
    assertThat(fixture.ask("example.org", RecordType.A).isWaiting()).isTrue();
    assertThat(
            fixture
                .ask(MessageBytes.query("www.example.org", RecordType.A).opt(1232, Edns.DO))
                .isWaiting())
        .isTrue();
  }

  @Test
  void resolve_upstreamIsBack_failuresAreForgotten() {
    failOnce();

    fixture.resolvers().recovered();

    assertThat(ask().isWaiting()).isTrue();
  }

  @Test
  void resolve_failedPrefetch_leavesTheFreshAnswer() {
    fixture.learn(WWW);
    fixture.advanceSeconds(280);
    ask();
    fixture.deliver(fixture.reply().rcode(Rcode.SERVFAIL));

    Asked asked = ask();

    assertThat(asked.isAnsweredAtOnce()).isTrue();
    assertThat(asked.answers()).contains("www.example.org. 20 A 192.0.2.1");
    assertThat(asked.extendedErrors()).isEmpty();
  }

  private void failOnce() {
    Asked asked = ask();
    fixture.deliver(fixture.reply().rcode(Rcode.SERVFAIL));
    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  private Asked ask() {
    return fixture.ask(MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0));
  }
}
