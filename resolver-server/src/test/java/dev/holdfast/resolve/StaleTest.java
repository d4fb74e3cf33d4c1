package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.Health;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;

/** Answers past their TTL (RFC 8767). */
final class StaleTest {

  private static final String WWW = "www.example.org. 300 A 192.0.2.1";
  private static final String STALE_WWW = "www.example.org. 30 A 192.0.2.1";
  private static final String SOA =
      "example.org. 300 SOA ns.example.org. admin.example.org. 1 7200 900 86400 300";

  private final ResolverFixture fixture = ResolverFixture.start();

  @Test
  void resolve_expired_asksFirstAndServesWhatIsNew() {
    learnAndExpire(fixture);

    Asked asked = ask(fixture);
    assertThat(asked.isWaiting()).isTrue();
    fixture.advanceMillis(1_000);
    deliverToFirst(fixture, "www.example.org. 300 A 192.0.2.2");

    assertThat(asked.answers()).containsExactly("www.example.org. 300 A 192.0.2.2");
    assertThat(asked.extendedErrors()).isEmpty();
    assertThat(fixture.count(Counter.ANSWERS_STALE)).isZero();
  }

  @Test
  void resolve_expiredAndSlow_isServedStaleAtTheClientTimeout() {
    learnAndExpire(fixture);
    Asked asked = ask(fixture);

    fixture.advanceMillis(1_799);
    assertThat(asked.isWaiting()).isTrue();
    fixture.advanceMillis(1);

    assertStale(asked);
    assertThat(fixture.count(Counter.ANSWERS_STALE)).isEqualTo(1);
  }

  @Test
  void resolve_upstreamFallsSilent_thoseWhoWaitAreServedSoonAndOthersAtOnce() {
    for (int i = 0; i < 4; i++) {
      fixture.learn("n" + i + ".example.org. 300 A 192.0.2.1");
    }
    fixture.advanceSeconds(300);
    Asked[] asked = new Asked[3];
    for (int i = 0; i < asked.length; i++) {
      asked[i] = fixture.ask("n" + i + ".example.org", RecordType.A);
      assertThat(asked[i].isWaiting()).isTrue();
    }

    fixture.advanceMillis(450);

    assertThat(asked).noneMatch(Asked::isWaiting);
    assertThat(fixture.upstreams().getFirst().state()).isNotEqualTo(Health.State.DOWN);
    assertThat(fixture.ask("n3.example.org", RecordType.A).isAnsweredAtOnce()).isTrue();
    assertThat(fixture.sent()).as("asked in the background all the same").isEqualTo(8);
  }

  @Test
  void resolve_overdueAndTheUpstreamHeardSince_isAskedAgain() {
    fixture.learn("a.example.org. 300 A 192.0.2.1");
    learnAndExpire(fixture);
    Asked lost = ask(fixture);
    fixture.advanceMillis(200);
    assertThat(fixture.sent()).isEqualTo(3);
    fixture.upstreams().getFirst().health().replied(1_000_000, fixture.nowNanos());

    fixture.advanceMillis(200);

    assertThat(fixture.sent()).isEqualTo(4);
    fixture.deliver(
        fixture.pending().getLast(),
        DnsjavaReply.to(fixture.pending().getLast().message())
            .answer("www.example.org. 300 A 192.0.2.2"));
    assertThat(lost.answers()).containsExactly("www.example.org. 300 A 192.0.2.2");
  }

  @Attack(Threat.GHOST_DOMAIN)
  @Test
  void resolve_bareAbsenceOfAnUnprovenName_endsWhatWasKnown() {
    learnAndExpire(fixture);
    Asked asked = ask(fixture);
    fixture.deliver(fixture.reply().rcode(Rcode.NOERROR));
    assertThat(asked.rcode()).isEqualTo(Rcode.NOERROR);
    assertThat(asked.answers()).isEmpty();
    fixture.takeDown();

    Asked next = ask(fixture);

    assertThat(next.rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void resolve_failureOfOneNameWhileTheUpstreamIsThere_isNotRefreshedInARow() {
    learnAndExpire(fixture);
    ask(fixture);
    fixture.deliver(fixture.reply().rcode(Rcode.SERVFAIL));
    assertStale(ask(fixture));
    int sent = fixture.sent();

    fixture.resolvers().recovered();
    fixture.advanceMillis(500);

    assertThat(fixture.sent()).isEqualTo(sent);
  }

  @Test
  void resolve_replyAfterTheClientTimeout_isLearntAllTheSame() {
    learnAndExpire(fixture);
    ask(fixture);
    fixture.advanceMillis(2_000);

    deliverToFirst(fixture, "www.example.org. 300 A 192.0.2.2");

    Asked next = ask(fixture);
    assertThat(next.isAnsweredAtOnce()).isTrue();
    assertThat(next.answers()).containsExactly("www.example.org. 300 A 192.0.2.2");
  }

  @Test
  void resolve_clientsAfterTheClientTimeout_areServedAtOnceWithoutMoreQueries() {
    learnAndExpire(fixture);
    ask(fixture);
    fixture.advanceMillis(1_900);
    int sent = fixture.sent();

    Asked late = ask(fixture);

    assertStale(late);
    assertThat(fixture.sent()).isEqualTo(sent);
  }

  @Test
  void resolve_clientTimeoutZero_servesAtOnceAndRefreshesOnce() {
    ResolverFixture eager = ResolverFixture.with().stale(Duration.ofDays(1), Duration.ZERO).start();
    learnAndExpire(eager);

    for (int i = 0; i < 5; i++) {
      Asked asked = ask(eager);
      assertThat(asked.isAnsweredAtOnce()).isTrue();
      assertStale(asked);
    }

    assertThat(eager.sent()).isEqualTo(2);
    eager.replyWith("www.example.org. 300 A 192.0.2.2");
    assertThat(ask(eager).answers()).containsExactly("www.example.org. 300 A 192.0.2.2");
  }

  @Test
  void resolve_failure_servesStaleAtOnceAndWhileItIsRemembered() {
    learnAndExpire(fixture);
    Asked first = ask(fixture);
    fixture.deliver(fixture.reply().rcode(Rcode.SERVFAIL));
    assertStale(first);

    Asked second = ask(fixture);

    assertThat(second.isAnsweredAtOnce()).isTrue();
    assertStale(second);
    assertThat(fixture.sent()).isEqualTo(2);
  }

  @Test
  void resolve_allUpstreamsDown_servesStaleAtOnceWithoutQueries() {
    learnAndExpire(fixture);
    fixture.takeDown();

    for (int i = 0; i < 20; i++) {
      Asked asked = ask(fixture);
      assertThat(asked.isAnsweredAtOnce()).isTrue();
      assertStale(asked);
      fixture.advanceSeconds(60);
    }
    assertThat(fixture.sent()).isEqualTo(1);
  }

  @Test
  void resolve_silence_onlyTheFirstClientsFindOut() {
    learnAndExpire(fixture);
    int waited = 0;
    for (int i = 0; i < 30; i++) {
      Asked asked = ask(fixture);
      waited += asked.isWaiting() ? 1 : 0;
      fixture.advanceSeconds(2);
      assertStale(asked);
    }
    assertThat(waited).isLessThanOrEqualTo(3);
  }

  @Test
  void resolve_upstreamBackAfterAnOutage_isRefreshedInTheBackground() {
    learnAndExpire(fixture);
    fixture.takeDown();
    ask(fixture);

    fixture.heal();
    fixture.resolvers().recovered();
    fixture.advanceMillis(100);
    deliverToFirst(fixture, "www.example.org. 300 A 192.0.2.2");

    Asked next = ask(fixture);
    assertThat(next.isAnsweredAtOnce()).isTrue();
    assertThat(next.answers()).containsExactly("www.example.org. 300 A 192.0.2.2");
  }

  @Attack(Threat.STALE_AUTHENTICITY)
  @Test
  void resolve_staleAnswer_clearsAuthenticData() {
    MessageBytes query =
        MessageBytes.query("www.example.org", RecordType.A).withFlags(Header.AD).opt(1232, 0);
    fixture.ask(query);
    fixture.deliver(fixture.reply().flag(Flags.AD).answer(WWW));
    assertThat(fixture.ask(query).flag(Flags.AD)).isTrue();
    fixture.advanceSeconds(301);
    fixture.takeDown();

    Asked stale = fixture.ask(query);

    assertStale(stale);
    assertThat(stale.flag(Flags.AD)).isFalse();
  }

  @Test
  void resolve_staleAnswer_keepsIdCaseAndShorterTtls() {
    fixture.learn("www.example.org. 7 A 192.0.2.1");
    fixture.advanceSeconds(7);
    fixture.takeDown();

    Asked stale = fixture.ask(MessageBytes.query("WWW.example.ORG", RecordType.A).id(0x1357));

    assertThat(stale.answers()).containsExactly("WWW.example.ORG. 7 A 192.0.2.1");
    assertThat(stale.response().getHeader().getID()).isEqualTo(0x1357);
    assertThat(stale.response().getOPT()).isNull();
  }

  @Attack(Threat.GHOST_DOMAIN)
  @Test
  void resolve_negativeAnswers_areNeverServedStale() {
    for (int rcode : new int[] {Rcode.NOERROR, Rcode.NXDOMAIN}) {
      String name = "n" + rcode + ".example.org";
      fixture.ask(name, RecordType.A);
      fixture.deliver(fixture.reply().rcode(rcode).authority(SOA));
      fixture.advanceSeconds(301);
      Asked asked = fixture.ask(name, RecordType.A);
      fixture.fail(FailureKind.REFUSED_CONNECTION);

      assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    }
  }

  @Test
  void resolve_ttlZero_isNeverServedStale() {
    fixture.learn("www.example.org. 0 A 192.0.2.1");
    fixture.advanceSeconds(1);
    Asked asked = ask(fixture);
    fixture.fail(FailureKind.REFUSED_CONNECTION);

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void resolve_staleOff_isServfail() {
    ResolverFixture strict = ResolverFixture.with().withoutStale().start();
    learnAndExpire(strict);
    Asked asked = ask(strict);
    strict.fail(FailureKind.REFUSED_CONNECTION);

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Attack(Threat.GHOST_DOMAIN)
  @ParameterizedTest
  @ValueSource(ints = {7, 60, 3_600})
  void resolve_askedAgainAndAgain_endsWithItsMaxAge(int everySeconds) {
    learnAndExpire(fixture);
    long served = 0;
    for (long age = 0; age < 86_400 - 10; age += everySeconds) {
      Asked asked = ask(fixture);
      fixture.pending().forEach(query -> fixture.fail(query, FailureKind.TIMEOUT));
      fixture.pending().forEach(query -> fixture.fail(query, FailureKind.TIMEOUT));
      fixture.pending().forEach(query -> fixture.fail(query, FailureKind.TIMEOUT));
      assertStale(asked);
      served += everySeconds;
      fixture.advanceSeconds(everySeconds);
    }
    fixture.advanceSeconds(86_400 - served + 1);

    Asked gone = ask(fixture);

    assertThat(gone.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(gone.answers()).isEmpty();
  }

  @Attack(Threat.GHOST_DOMAIN)
  @Test
  void resolve_maxAge_endsToTheSecond() {
    ResolverFixture brief =
        ResolverFixture.with().stale(Duration.ofSeconds(100), Duration.ofSeconds(1)).start();
    learnAndExpire(brief);
    brief.takeDown();

    brief.advanceMillis(99_999);
    assertStale(ask(brief));
    brief.advanceMillis(1);
    assertThat(ask(brief).rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void resolve_withDnssecOkAndOnlyThePlainAnswerKnown_servesThatWhenAllIsLost() {
    fixture.learn(WWW);
    fixture.advanceSeconds(400);
    fixture.takeDown();

    Asked asked =
        fixture.ask(MessageBytes.query("www.example.org", RecordType.A).opt(1232, Edns.DO));

    assertStale(asked);
  }

  @Test
  void resolve_twoLoops_staleIsServedOnTheLoopThatWasAsked() {
    ResolverFixture two = ResolverFixture.with().loops(2).start();
    learnAndExpire(two);
    MessageBytes query = MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0);
    Asked first = two.askOn(0, query, "10.0.0.1", 1_000, false);
    Asked second = two.askOn(1, query, "10.0.0.2", 1_000, true);

    two.advanceMillis(1_800);

    assertStale(first);
    assertStale(second);
    assertThat(two.count(Counter.ANSWERS_STALE)).isEqualTo(2);
  }

  private static void learnAndExpire(ResolverFixture fixture) {
    fixture.learn(WWW);
    fixture.advanceSeconds(300);
  }

  private static Asked ask(ResolverFixture fixture) {
    return fixture.ask(MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0));
  }

  private static void deliverToFirst(ResolverFixture fixture, String record) {
    ScriptedExchange.Query query = fixture.pending().getFirst();
    fixture.deliver(query, DnsjavaReply.to(query.message()).answer(record));
  }

  private static void assertStale(Asked asked) {
    assertThat(asked.rcode()).isEqualTo(Rcode.NOERROR);
    assertThat(asked.answers()).contains(STALE_WWW);
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
    assertThat(asked.flag(Flags.AD)).isFalse();
  }
}
