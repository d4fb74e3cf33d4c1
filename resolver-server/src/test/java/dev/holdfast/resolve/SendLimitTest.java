package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/** No way of failing makes a question cost more than its sends and its time. */
@Attack(Threat.UPSTREAM_AMPLIFICATION)
final class SendLimitTest {

  private static final int MAX_SENDS = LimitsConfig.DEFAULTS.sendsPerQuestion();
  private static final String WWW = "www.example.org. 300 A 192.0.2.1";
  private static final MessageBytes QUERY =
      MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0);

  @ParameterizedTest
  @CsvSource({
    "servfail, 1",
    "servfail, 2",
    "servfail, 10",
    "refusedConnection, 1",
    "refusedConnection, 2",
    "refusedConnection, 10",
    "networkError, 1",
    "networkError, 3",
    "nearMisses, 1",
    "nearMisses, 2",
    "nearMisses, 10",
    "truncated, 1",
    "truncated, 2",
    "truncated, 10",
    "timeout, 1",
    "timeout, 2",
    "timeout, 10",
    "overloaded, 1",
    "overloaded, 10",
    "refused, 1",
    "refused, 2",
    "refused, 10",
    "notImplemented, 2",
    "notImplemented, 10",
    "formErr, 1",
    "formErr, 10",
    "badVersion, 1",
    "badVersion, 10",
    "referral, 1",
    "referral, 2",
    "referral, 10",
    "malformed, 1",
    "malformed, 2",
    "malformed, 10",
    "tooManyAliases, 1",
    "tooManyAliases, 2",
    "tooManyAliases, 10",
    "everythingInTurn, 1",
    "everythingInTurn, 2",
    "everythingInTurn, 10",
  })
  void resolve_upstreamsThatFailAtOnce_sendsAreBounded(String failure, int upstreams) {
    ResolverFixture fixture = ResolverFixture.with().upstreams(upstreams).start();
    Consumer<ScriptedExchange.Query> behaviour = behaviour(failure);
    Asked asked = fixture.ask(QUERY);

    for (int i = 0; i < 100 && !fixture.pending().isEmpty(); i++) {
      behaviour.accept(fixture.pending().getFirst());
      fixture.advanceMillis(0);
    }

    assertThat(fixture.pending()).isEmpty();
    assertThat(fixture.sent()).isBetween(1, MAX_SENDS);
    assertThat(fixture.count(Counter.UPSTREAM_QUERIES)).isEqualTo(fixture.sent());
    assertThat(asked.rcode()).isNotIn(Rcode.NOERROR, Rcode.NXDOMAIN);
    assertThat(fixture.resolvers().waiting()).isZero();
  }

  private static Consumer<ScriptedExchange.Query> behaviour(String failure) {
    int[] turn = {0};
    return switch (failure) {
      case "servfail" -> query -> reply(query, Rcode.SERVFAIL);
      case "refused" -> query -> reply(query, Rcode.REFUSED);
      case "notImplemented" -> query -> reply(query, Rcode.NOTIMP);
      case "formErr" -> query -> reply(query, Rcode.FORMERR);
      case "badVersion" -> query -> reply(query, Rcode.BADVERS);
      case "referral" -> SendLimitTest::refer;
      case "malformed" -> SendLimitTest::garbleUntilTimeout;
      case "tooManyAliases" -> SendLimitTest::lengthenChain;
      case "refusedConnection" -> query -> query.fail(FailureKind.REFUSED_CONNECTION);
      case "networkError" -> query -> query.fail(FailureKind.NETWORK_ERROR);
      case "nearMisses" -> query -> query.fail(FailureKind.NEAR_MISSES);
      case "overloaded" -> query -> query.fail(FailureKind.OVERLOADED);
      case "timeout" -> query -> query.fail(FailureKind.TIMEOUT);
      case "truncated" -> SendLimitTest::truncateOrFail;
      case "everythingInTurn" ->
          query -> {
            switch (turn[0]++ % 4) {
              case 0 -> truncateOrFail(query);
              case 1 -> query.fail(FailureKind.NEAR_MISSES);
              case 2 -> query.fail(FailureKind.TIMEOUT);
              default -> reply(query, Rcode.SERVFAIL);
            }
          };
      default -> throw new IllegalArgumentException(failure);
    };
  }

  /** TC over UDP with nobody behind TCP. */
  private static void truncateOrFail(ScriptedExchange.Query query) {
    if (query.stream()) {
      query.fail(FailureKind.TIMEOUT);
    } else {
      query.reply(DnsjavaReply.to(query.message()).flag(Flags.TC).toMessage());
    }
  }

  /** A referral of a server that does not recurse. */
  private static void refer(ScriptedExchange.Query query) {
    Message referral =
        DnsjavaReply.to(query.message()).authority("org. 300 NS ns.example.").toMessage();
    referral.getHeader().unsetFlag(Flags.RA);
    query.reply(referral);
  }

  /** Replies that cannot be read, and silence behind them. */
  private static void garbleUntilTimeout(ScriptedExchange.Query query) {
    byte[] reply = DnsjavaReply.to(query.message()).answer(WWW).toMessage().toWire();
    for (int i = 0; i < 100; i++) {
      assertThat(query.reply(Arrays.copyOf(reply, reply.length - 1))).isFalse();
    }
    query.fail(FailureKind.TIMEOUT);
  }

  /** One alias more than are followed. */
  private static void lengthenChain(ScriptedExchange.Query query) {
    DnsjavaReply reply = DnsjavaReply.to(query.message());
    String owner = "www.example.org.";
    for (int i = 0; i <= LimitsConfig.DEFAULTS.cnameChain(); i++) {
      String target = "a" + i + ".example.org.";
      reply.answer(owner + " 300 CNAME " + target);
      owner = target;
    }
    query.reply(reply.answer(owner + " 300 A 192.0.2.1").toMessage());
  }

  private static void reply(ScriptedExchange.Query query, int rcode) {
    query.reply(DnsjavaReply.to(query.message()).rcode(rcode).toMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 32})
  void resolve_silence_isServfailWithinTheDeadline(int upstreams) {
    ResolverFixture fixture = ResolverFixture.with().upstreams(upstreams).start();
    Asked asked = fixture.ask(QUERY);

    fixture.advance(LimitsConfig.DEFAULTS.answerDeadline());

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.NO_REACHABLE_AUTHORITY);
    assertThat(fixture.sent()).isBetween(2, MAX_SENDS);
    int sent = fixture.sent();
    fixture.advanceSeconds(20);
    assertThat(fixture.sent()).isEqualTo(sent);
    assertThat(fixture.pending()).isEmpty();
  }

  @Test
  void resolve_answerToALateRepeat_isTaken() {
    ResolverFixture fixture = ResolverFixture.start();
    Asked asked = fixture.ask(QUERY);
    fixture.advanceMillis(2_600);
    assertThat(asked.isWaiting()).isTrue();

    ScriptedExchange.Query last = fixture.pending().getLast();
    fixture.deliver(last, DnsjavaReply.to(last.message()).answer(WWW));

    assertThat(asked.answers()).containsExactly(WWW);
  }

  @Test
  void resolve_shorterDeadlineAndFewerSends_hold() {
    LimitsConfig limits =
        new LimitsBuilder().sendsPerQuestion(2).answerDeadline(Duration.ofMillis(900)).build();
    ResolverFixture fixture = ResolverFixture.with().upstreams(5).limits(limits).start();
    Asked asked = fixture.ask(QUERY);

    fixture.advanceMillis(800);
    assertThat(asked.isWaiting()).isTrue();
    fixture.advanceMillis(100);

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.sent()).isEqualTo(2);
    assertThat(fixture.count(Counter.LIMIT_SENDS)).isPositive();
  }

  @Test
  void resolve_allKnownDown_isServfailAtOnceWithoutASend() {
    ResolverFixture fixture = ResolverFixture.with().upstreams(2).start();
    fixture.takeDown();

    Asked asked = fixture.ask(QUERY);

    assertThat(asked.isAnsweredAtOnce()).isTrue();
    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.NO_REACHABLE_AUTHORITY);
    assertThat(fixture.sent()).isZero();
  }
}
