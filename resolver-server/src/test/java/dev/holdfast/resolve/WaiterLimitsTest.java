package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bounds of who may wait, per question and per client. */
@Attack(Threat.WAITER_PILE_UP)
final class WaiterLimitsTest {

  private static final String NAME = "www.example.org";

  @Test
  void resolve_moreWaitersThanAQuestionTakes_areTurnedAway() {
    ResolverFixture fixture = ResolverFixture.start();
    List<Asked> waiting = new ArrayList<>();
    for (int i = 0; i < LimitsConfig.DEFAULTS.waitersPerQuestion(); i++) {
      waiting.add(ask(fixture, NAME, "10.0.0." + i));
    }

    Asked tooMany = ask(fixture, NAME, "10.0.1.1");

    assertThat(waiting).allMatch(Asked::isWaiting);
    assertThat(tooMany.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(tooMany.extendedErrors()).containsExactly(ExtendedError.NOT_READY);
    assertThat(fixture.count(Counter.LIMIT_WAITERS_PER_QUESTION)).isEqualTo(1);
    assertThat(fixture.sent()).isEqualTo(1);

    fixture.replyWith("www.example.org. 300 A 192.0.2.1");
    assertThat(waiting).allMatch(asked -> asked.rcode() == Rcode.NOERROR);
  }

  @Test
  void resolve_tenThousandClientsOnOneSlowName_allGetOneResponse() {
    ResolverFixture fixture = ResolverFixture.start();
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      all.add(ask(fixture, NAME, "10.1." + i / 250 + "." + i % 250));
    }
    assertThat(all.stream().filter(Asked::isWaiting)).hasSize(100);
    assertThat(fixture.count(Counter.LIMIT_WAITERS_PER_QUESTION)).isEqualTo(9_900);
    assertThat(fixture.sent()).isEqualTo(1);

    fixture.advanceSeconds(5);

    assertThat(all).noneMatch(Asked::isWaiting);
    assertThat(fixture.resolvers().waiting()).isZero();
  }

  @Test
  void resolve_moreQuestionsThanAClientMayWaitFor_areTurnedAway() {
    ResolverFixture fixture = ResolverFixture.with().limits(perClient(10)).start();
    for (int i = 0; i < 10; i++) {
      assertThat(ask(fixture, "n" + i + ".example.org", "10.0.0.1").isWaiting()).isTrue();
    }

    Asked tooMany = ask(fixture, "n10.example.org", "10.0.0.1");
    Asked other = ask(fixture, "n11.example.org", "10.0.0.2");

    assertThat(tooMany.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(tooMany.extendedErrors()).containsExactly(ExtendedError.NOT_READY);
    assertThat(other.isWaiting()).isTrue();
    assertThat(fixture.count(Counter.LIMIT_WAITERS_PER_CLIENT)).isEqualTo(1);
  }

  @Test
  void resolve_answeredQuestions_giveTheClientItsPlacesBack() {
    ResolverFixture fixture = ResolverFixture.with().limits(perClient(3)).start();
    for (int i = 0; i < 50; i++) {
      Asked asked = ask(fixture, "n" + i + ".example.org", "10.0.0.1");
      assertThat(asked.isWaiting()).isTrue();
      if (i % 2 == 0) {
        fixture.replyWith("n" + i + ".example.org. 300 A 192.0.2.1");
      } else {
        fixture.deliver(fixture.reply().rcode(Rcode.SERVFAIL));
      }
      assertThat(asked.isWaiting()).isFalse();
      fixture.heal();
    }
    assertThat(fixture.count(Counter.LIMIT_WAITERS_PER_CLIENT)).isZero();
  }

  @Test
  void resolve_clientAtItsLimit_stillGetsWhatIsCached() {
    ResolverFixture fixture = ResolverFixture.with().limits(perClient(1)).start();
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    ask(fixture, "slow.example.org", "10.0.0.1");

    assertThat(ask(fixture, NAME, "10.0.0.1").isAnsweredAtOnce()).isTrue();
  }

  @Test
  void resolve_clientAtItsLimit_isServedStale() {
    ResolverFixture fixture = ResolverFixture.with().limits(perClient(1)).start();
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    fixture.advanceSeconds(301);
    ask(fixture, "slow.example.org", "10.0.0.1");

    Asked stale = ask(fixture, NAME, "10.0.0.1");

    assertThat(stale.answers()).containsExactly("www.example.org. 30 A 192.0.2.1");
    assertThat(stale.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
  }

  @Test
  void resolve_clientOnTwoLoops_hasOneLimit() {
    ResolverFixture fixture = ResolverFixture.with().loops(2).limits(perClient(3)).start();
    for (int i = 0; i < 3; i++) {
      assertThat(askOn(fixture, i % 2, "n" + i + ".example.org").isWaiting()).isTrue();
    }

    assertThat(askOn(fixture, 1, "n3.example.org").rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.count(Counter.LIMIT_WAITERS_PER_CLIENT)).isEqualTo(1);
  }

  private static Asked askOn(ResolverFixture fixture, int loop, String name) {
    MessageBytes query = MessageBytes.query(name, RecordType.A).opt(1232, 0);
    return fixture.askOn(loop, query, "10.0.0.1", 5_353, /* stream= */ false);
  }

  private static Asked ask(ResolverFixture fixture, String name, String address) {
    MessageBytes query = MessageBytes.query(name, RecordType.A).opt(1232, 0);
    return fixture.ask(query, address, 5_353, /* stream= */ false);
  }

  private static LimitsConfig perClient(int waiters) {
    return new LimitsBuilder().waitersPerClient(waiters).build();
  }
}
