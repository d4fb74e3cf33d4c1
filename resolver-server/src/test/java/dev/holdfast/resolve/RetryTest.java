package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.Health;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;

/** What happens when an upstream gives no answer, or a strange one. */
final class RetryTest {

  private static final String WWW = "www.example.org. 300 A 192.0.2.1";
  private static final int DNSSEC_BOGUS = 6;
  private static final MessageBytes QUERY =
      MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0);

  private final ResolverFixture fixture = ResolverFixture.with().upstreams(2).start();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 6, 9, 15, 16, 23})
  void resolve_errorReply_asksAnotherUpstream(int rcode) {
    Asked asked = fixture.ask(QUERY);
    ScriptedExchange.Query first = fixture.onlyPending();

    fixture.deliver(fixture.reply().rcode(rcode));

    assertThat(asked.isWaiting()).isTrue();
    assertThat(fixture.onlyPending().upstream()).isNotSameAs(first.upstream());
    fixture.replyWith(WWW);
    assertThat(asked.answers()).containsExactly(WWW);
    assertThat(fixture.count(Counter.UPSTREAM_ERROR_REPLIES)).isEqualTo(1);
    assertThat(fixture.sent()).isEqualTo(2);
  }

  @Test
  void resolve_serverThatDoesNotRecurse_asksAnotherUpstream() {
    Asked asked = fixture.ask(QUERY);
    fixture.deliver(
        fixture.reply().withoutFlag(Flags.RA).authority("example.org. 300 NS ns.example.org."));

    fixture.replyWith(WWW);

    assertThat(asked.answers()).containsExactly(WWW);
  }

  @ParameterizedTest
  @EnumSource(
      value = FailureKind.class,
      names = {"REFUSED_CONNECTION", "NETWORK_ERROR", "OVERLOADED"})
  void resolve_unreachable_asksAnotherUpstreamAndNotThisOneAgain(FailureKind kind) {
    Asked asked = fixture.ask(QUERY);
    ScriptedExchange.Query first = fixture.onlyPending();
    fixture.fail(kind);
    ScriptedExchange.Query second = fixture.onlyPending();
    assertThat(second.upstream()).isNotSameAs(first.upstream());

    fixture.fail(kind);

    boolean own = kind == FailureKind.OVERLOADED;
    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(asked.extendedErrors())
        .containsExactly(own ? ExtendedError.NOT_READY : ExtendedError.NO_REACHABLE_AUTHORITY);
    assertThat(fixture.sent()).isEqualTo(2);
    assertThat(fixture.ask(QUERY).isWaiting()).as("asked again at once").isEqualTo(own);
  }

  @Test
  void resolve_sameErrorFromAll_isPassedOn() {
    Asked asked = fixture.ask(QUERY);

    fixture.deliver(fixture.reply().rcode(Rcode.REFUSED));
    fixture.deliver(fixture.reply().rcode(Rcode.REFUSED));

    assertThat(asked.rcode()).isEqualTo(Rcode.REFUSED);
    assertThat(fixture.sent()).isEqualTo(2);
  }

  @Test
  void resolve_differentErrors_areServfail() {
    Asked asked = fixture.ask(QUERY);

    fixture.deliver(fixture.reply().rcode(Rcode.REFUSED));
    fixture.deliver(fixture.reply().rcode(Rcode.NOTIMP));

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.NO_REACHABLE_AUTHORITY);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 23, 4095})
  void resolve_extendedErrorRcodeFromAll_isServfailWithAndWithoutEdns(int rcode) {
    Asked edns = fixture.ask(QUERY);
    Asked plain = fixture.ask("www.example.org", RecordType.A);

    fixture.deliver(fixture.reply().rcode(rcode));
    fixture.deliver(fixture.reply().rcode(rcode));

    assertThat(edns.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(plain.rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void resolve_extendedErrorsOfTheUpstreams_areRelayed() {
    Asked asked = fixture.ask(QUERY);
    fixture.deliver(fixture.reply().rcode(Rcode.SERVFAIL));

    fixture.deliver(
        fixture
            .reply()
            .rcode(Rcode.SERVFAIL)
            .edns(0, new ExtendedErrorCodeOption(DNSSEC_BOGUS, "no valid signature")));

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(asked.extendedErrors()).containsExactly(DNSSEC_BOGUS);
  }

  @Test
  void resolve_chainWithoutEnd_isServfail() {
    Asked asked = fixture.ask(QUERY);
    for (int i = 0; i < 2; i++) {
      fixture.replyWith(
          "www.example.org. 300 CNAME a.example.org.", "a.example.org. 300 CNAME www.example.org.");
    }

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.count(Counter.LIMIT_CNAME_CHAIN)).isEqualTo(2);
  }

  @Test
  void resolve_moreAliasesThanAreFollowed_isServfail() {
    for (int aliases : new int[] {11, 12}) {
      Asked asked = fixture.ask("a0.example.org", RecordType.A);
      List<String> records = new ArrayList<>();
      for (int i = 0; i < aliases; i++) {
        records.add("a" + i + ".example.org. 0 CNAME a" + (i + 1) + ".example.org.");
      }
      records.add("a" + aliases + ".example.org. 0 A 192.0.2.1");
      while (asked.isWaiting()) {
        fixture.replyWith(records.toArray(String[]::new));
      }
      assertThat(asked.rcode()).isEqualTo(aliases == 11 ? Rcode.NOERROR : Rcode.SERVFAIL);
    }
    assertThat(fixture.count(Counter.LIMIT_CNAME_CHAIN)).isPositive();
  }

  @Test
  @Attack(Threat.LYING_REPLIES)
  void resolve_failureWithoutAQuestion_isAnErrorReply() {
    Asked asked = fixture.ask(QUERY);
    for (int i = 0; i < 2; i++) {
      ScriptedExchange.Query query = fixture.onlyPending();
      byte[] bare =
          MessageBytes.query()
              .id(query.message().getHeader().getID())
              .flags(0x8000 | Rcode.NOTIMP)
              .toBytes();
      assertThat(query.reply(bare)).isTrue();
      fixture.advanceMillis(0);
    }

    assertThat(asked.rcode()).isEqualTo(Rcode.NOTIMP);
  }

  @Test
  void resolve_truncated_asksTheSameUpstreamOverTcp() {
    Asked asked = fixture.ask(QUERY);
    ScriptedExchange.Query first = fixture.onlyPending();
    assertThat(first.stream()).isFalse();

    fixture.deliver(fixture.reply().flag(Flags.TC).answer(WWW));

    assertThat(asked.isWaiting()).isTrue();
    assertThat(fixture.onlyPending().stream()).isTrue();
    assertThat(fixture.onlyPending().upstream()).isSameAs(first.upstream());
    fixture.replyWith(WWW, "www.example.org. 300 A 192.0.2.2");
    assertThat(asked.answers()).hasSize(2);
    assertThat(fixture.count(Counter.UPSTREAM_TRUNCATED)).isEqualTo(1);
  }

  @Test
  @Attack(Threat.LYING_REPLIES)
  void resolve_truncatedReply_isNeverKept() {
    fixture.ask(QUERY);
    fixture.deliver(fixture.reply().flag(Flags.TC).answer(WWW));

    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  @Test
  @Attack(Threat.LYING_REPLIES)
  void resolve_truncatedOverTcp_isNotTaken() {
    fixture.ask(QUERY);
    fixture.deliver(fixture.reply().flag(Flags.TC));

    boolean taken =
        fixture.onlyPending().reply(fixture.reply().flag(Flags.TC).answer(WWW).toMessage());

    assertThat(taken).isFalse();
    assertThat(fixture.count(Counter.UPSTREAM_MALFORMED)).isEqualTo(1);
  }

  @Test
  @Attack(Threat.NEAR_MISS_REPLIES)
  void resolve_nearMisses_asksTheSameUpstreamOverTcp() {
    Asked asked = fixture.ask(QUERY);
    ScriptedExchange.Query first = fixture.onlyPending();

    fixture.fail(FailureKind.NEAR_MISSES);

    assertThat(fixture.onlyPending().stream()).isTrue();
    assertThat(fixture.onlyPending().upstream()).isSameAs(first.upstream());
    assertThat(first.upstream().state()).isEqualTo(Health.State.UP);
    fixture.replyWith(WWW);
    assertThat(asked.answers()).containsExactly(WWW);
  }

  @Test
  @Attack(Threat.MALFORMED_FIRST)
  void resolve_malformedFirstAndTheRealAnswerLater_theRealOneWins() {
    Asked asked = fixture.ask(QUERY);
    ScriptedExchange.Query query = fixture.onlyPending();
    byte[] real = DnsjavaReply.to(query.message()).answer(WWW).toBytes();

    for (int length = 12; length < real.length; length++) {
      assertThat(query.reply(Arrays.copyOf(real, length))).isFalse();
    }
    assertThat(query.reply(Arrays.copyOf(real, real.length + 1))).isFalse();
    fixture.advanceMillis(40);
    assertThat(asked.isWaiting()).isTrue();
    fixture.deliver(query, DnsjavaReply.to(query.message()).answer(WWW));

    assertThat(asked.answers()).containsExactly(WWW);
    assertThat(fixture.sent()).isEqualTo(1);
    assertThat(fixture.count(Counter.UPSTREAM_MALFORMED)).isEqualTo(real.length - 12 + 1);
    assertThat(query.upstream().state()).isEqualTo(Health.State.UP);
  }

  @Test
  @Attack(Threat.MALFORMED_FIRST)
  void resolve_onlyMalformedDatagrams_asksNextOverTcp() {
    ResolverFixture alone = ResolverFixture.start();
    Asked asked = alone.ask(QUERY);
    for (int datagrams = 1; datagrams <= 2; datagrams++) {
      ScriptedExchange.Query datagram = alone.pending().getLast();
      assertThat(datagram.stream()).isFalse();
      byte[] real = DnsjavaReply.to(datagram.message()).answer(WWW).toBytes();
      assertThat(datagram.reply(Arrays.copyOf(real, real.length - 1))).isFalse();
      awaitSend(alone);
    }

    ScriptedExchange.Query next = alone.pending().getLast();
    assertThat(next.stream()).isTrue();
    alone.deliver(next, DnsjavaReply.to(next.message()).answer(WWW));
    assertThat(asked.answers()).containsExactly(WWW);
    assertThat(alone.count(Counter.UPSTREAM_MALFORMED)).isEqualTo(2);
  }

  private static void awaitSend(ResolverFixture fixture) {
    int sent = fixture.sent();
    for (int step = 0; step < 300 && fixture.sent() == sent; step++) {
      fixture.advanceMillis(10);
    }
    assertThat(fixture.sent()).isEqualTo(sent + 1);
  }

  @Test
  void resolve_slowUpstream_asksAnotherAndTakesTheFirstAnswer() {
    Asked asked = fixture.ask(QUERY);
    ScriptedExchange.Query first = fixture.onlyPending();

    fixture.advanceMillis(450);

    assertThat(fixture.pending()).hasSizeGreaterThan(1);
    assertThat(fixture.pending().getLast().upstream()).isNotSameAs(first.upstream());
    fixture.deliver(first, DnsjavaReply.to(first.message()).answer(WWW));
    assertThat(asked.answers()).containsExactly(WWW);
    fixture.pending().forEach(late -> late.fail(FailureKind.TIMEOUT));
    assertThat(fixture.ask(QUERY).answers()).containsExactly(WWW);
  }

  @Test
  void resolve_answerOfAHedge_isTaken() {
    Asked asked = fixture.ask(QUERY);
    fixture.advanceMillis(60);
    ScriptedExchange.Query second = fixture.pending().getLast();

    fixture.deliver(second, DnsjavaReply.to(second.message()).answer(WWW));

    assertThat(asked.answers()).containsExactly(WWW);
    assertThat(fixture.count(Counter.HEDGES_SENT)).isEqualTo(1);
    assertThat(fixture.count(Counter.HEDGES_WON)).isEqualTo(1);
  }
}
