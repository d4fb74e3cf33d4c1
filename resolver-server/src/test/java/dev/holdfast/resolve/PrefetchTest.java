package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import org.junit.jupiter.api.Test;

/** Names that are asked for near the end of their TTL are refreshed before it. */
final class PrefetchTest {

  private static final String WWW = "www.example.org. 300 A 192.0.2.1";

  private final ResolverFixture fixture = ResolverFixture.start();

  @Test
  void resolve_beforeTheLastTenth_refreshesNothing() {
    fixture.learn(WWW);
    fixture.advanceSeconds(270);

    fixture.ask("www.example.org", RecordType.A);

    assertThat(fixture.sent()).isEqualTo(1);
    assertThat(fixture.count(Counter.PREFETCHES)).isZero();
  }

  @Test
  void resolve_inTheLastTenth_refreshesOnceAndAnswersAtOnce() {
    fixture.learn(WWW);
    fixture.advanceSeconds(271);

    for (int i = 0; i < 5; i++) {
      assertThat(fixture.ask("www.example.org", RecordType.A).isAnsweredAtOnce()).isTrue();
    }

    assertThat(fixture.sent()).isEqualTo(2);
    assertThat(fixture.count(Counter.PREFETCHES)).isEqualTo(1);
  }

  @Test
  void resolve_afterThePrefetch_hasANewTtlAndCanBePrefetchedAgain() {
    fixture.learn(WWW);
    for (int round = 2; round < 6; round++) {
      fixture.advanceSeconds(280);
      fixture.ask("www.example.org", RecordType.A);
      fixture.replyWith("www.example.org. 300 A 192.0.2." + round);

      Asked next = fixture.ask("www.example.org", RecordType.A);
      assertThat(next.isAnsweredAtOnce()).isTrue();
      assertThat(next.answers()).containsExactly("www.example.org. 300 A 192.0.2." + round);
      assertThat(fixture.sent()).isEqualTo(round);
    }
  }

  @Test
  void resolve_prefetchFromTwoLoops_isOneQuery() {
    ResolverFixture two = ResolverFixture.with().loops(2).start();
    two.learn(WWW);
    two.advanceSeconds(280);
    for (int i = 0; i < 6; i++) {
      two.askOn(
          i % 2, MessageBytes.query("www.example.org", RecordType.A), "10.0.0.1", 1_000 + i, false);
    }

    assertThat(two.sent()).isEqualTo(2);
  }

  @Test
  void resolve_expiresWhileThePrefetchIsUnderWay_joinsIt() {
    fixture.learn(WWW);
    fixture.advanceSeconds(299);
    fixture.ask("www.example.org", RecordType.A);
    fixture.advanceMillis(1_001);

    int sent = fixture.sent();

    Asked asked = fixture.ask("www.example.org", RecordType.A);

    assertThat(asked.isWaiting()).isTrue();
    assertThat(fixture.count(Counter.QUESTIONS_JOINED)).isEqualTo(1);
    assertThat(fixture.sent()).isEqualTo(sent);
  }

  @Test
  void resolve_negativeAnswers_arePrefetchedToo() {
    String soa = "example.org. 100 SOA ns.example.org. admin.example.org. 1 2 3 4 100";
    fixture.ask("no.example.org", RecordType.A);
    fixture.deliver(fixture.reply().rcode(Rcode.NXDOMAIN).authority(soa));
    fixture.advanceSeconds(95);

    assertThat(fixture.ask("no.example.org", RecordType.A).rcode()).isEqualTo(Rcode.NXDOMAIN);

    assertThat(fixture.sent()).isEqualTo(2);
  }

  @Test
  void resolve_recursionNotDesired_prefetchesNothing() {
    fixture.learn(WWW);
    fixture.advanceSeconds(280);

    Asked asked = fixture.ask(MessageBytes.query("www.example.org", RecordType.A).flags(0));

    assertThat(asked.isAnsweredAtOnce()).isTrue();
    assertThat(fixture.sent()).isEqualTo(1);
  }

  @Test
  void resolve_prefetchOff_refreshesNothing() {
    ResolverFixture lazy = ResolverFixture.with().withoutPrefetch().start();
    lazy.learn(WWW);
    lazy.advanceSeconds(299);

    lazy.ask("www.example.org", RecordType.A);

    assertThat(lazy.sent()).isEqualTo(1);
  }
}
