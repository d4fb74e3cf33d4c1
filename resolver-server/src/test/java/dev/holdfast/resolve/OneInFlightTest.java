package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A question is outstanding once in the whole process, whoever asks it (RFC 5452 §5). */
final class OneInFlightTest {

  private static final String NAME = "www.example.org";
  private static final String WWW = "www.example.org. 300 A 192.0.2.1";
  private static final int CLIENTS = 10_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  @Attack(Threat.BIRTHDAY)
  void resolve_manyClientsInEveryVariant_asksOnce(int loops) {
    ResolverFixture fixture =
        ResolverFixture.with().loops(loops).limits(waitersPerQuestion(CLIENTS)).start();
    Random random = new Random(loops);
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String address = "10." + random.nextInt(4) + "." + i / 256 + "." + i % 256;
      all.add(
          fixture.askOn(
              i % loops, variant(random).id(i), address, 1_024 + i, random.nextBoolean()));
    }

    assertThat(fixture.sent()).isEqualTo(1);
    assertThat(all).allMatch(Asked::isWaiting);
    fixture.replyWith(WWW);

    for (int i = 0; i < all.size(); i++) {
      Asked asked = all.get(i);
      assertThat(asked.response().getHeader().getID()).isEqualTo(i);
      assertThat(asked.answers()).hasSize(1);
      assertThat(asked.answers().getFirst()).isEqualToIgnoringCase(WWW);
    }
    assertThat(fixture.sent()).isEqualTo(1);
    assertThat(fixture.count(Counter.QUESTIONS_JOINED)).isEqualTo(CLIENTS - 1);
    assertThat(fixture.resolvers().waiting()).isZero();
  }

  private static LimitsConfig waitersPerQuestion(int waiters) {
    return new LimitsBuilder().waitersPerQuestion(waiters).build();
  }

  /** The same question in another case, with other EDNS content, other flags. */
  private static MessageBytes variant(Random random) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < NAME.length(); i++) {
      char letter = NAME.charAt(i);
      name.append(random.nextBoolean() ? Character.toUpperCase(letter) : letter);
    }
    MessageBytes query =
        MessageBytes.query(name.toString(), RecordType.A)
            .flags(Header.RD | (random.nextBoolean() ? Header.AD : 0));
    return switch (random.nextInt(4)) {
      case 0 -> query;
      case 1 -> query.opt(512 + random.nextInt(4_000), 0);
      case 2 -> query.opt(1232, 0, MessageBytes.option(10, new byte[8]));
      default -> query.opt(1232, 0, MessageBytes.option(8, new byte[] {0, 1, 24, 0, 10, 0, 0}));
    };
  }

  @Test
  @Attack(Threat.BIRTHDAY)
  void resolve_dnssecOkAndCheckingDisabled_areQuestionsOfTheirOwn() {
    ResolverFixture fixture = ResolverFixture.with().loops(2).start();
    for (int round = 0; round < 2; round++) {
      for (int flags : new int[] {0, Header.CD}) {
        for (int ednsFlags : new int[] {0, Edns.DO}) {
          fixture.askOn(
              round,
              MessageBytes.query(NAME, RecordType.A).withFlags(flags).opt(1232, ednsFlags),
              "10.0.0.1",
              1_000 + round,
              false);
        }
      }
    }

    assertThat(fixture.sent()).isEqualTo(4);
    assertThat(fixture.count(Counter.QUESTIONS_JOINED)).isEqualTo(4);
  }

  @Test
  void resolve_otherTypesAndNames_areQuestionsOfTheirOwn() {
    ResolverFixture fixture = ResolverFixture.with().loops(2).start();
    fixture.ask(NAME, RecordType.A);
    fixture.ask(NAME, RecordType.AAAA);
    fixture.ask("example.org", RecordType.A);

    assertThat(fixture.sent()).isEqualTo(3);
    assertThat(fixture.count(Counter.QUESTIONS_JOINED)).isZero();
  }

  @Test
  void resolve_failure_isToldToAllWhoWait() {
    ResolverFixture fixture = ResolverFixture.with().loops(2).start();
    Asked first = fixture.ask(NAME, RecordType.A);
    Asked second =
        fixture.askOn(
            1, MessageBytes.query(NAME, RecordType.A).opt(1232, 0), "10.0.0.2", 1_000, false);

    fixture.fail(FailureKind.REFUSED_CONNECTION);

    assertThat(first.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(second.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(second.extendedErrors()).containsExactly(22);
    assertThat(fixture.resolvers().waiting()).isZero();
  }

  @Test
  void resolve_afterItsEnd_startsAnew() {
    ResolverFixture fixture = ResolverFixture.start();
    fixture.ask(NAME, RecordType.A);
    fixture.deliver(
        DnsjavaReply.to(fixture.onlyPending().message()).answer("www.example.org. 0 A 192.0.2.1"));

    fixture.ask(NAME, RecordType.A);

    assertThat(fixture.sent()).isEqualTo(2);
  }

  @Test
  void resolve_answeredMeanwhileOnTheHomeLoop_isAnsweredFromTheCache() {
    ResolverFixture fixture = ResolverFixture.with().loops(2).start();
    fixture.learn(WWW);
    fixture.advanceSeconds(100);
    Asked late = fixture.askOn(1, MessageBytes.query(NAME, RecordType.A), "10.0.0.2", 1_000, false);

    assertThat(late.answers()).containsExactly("www.example.org. 200 A 192.0.2.1");
    assertThat(fixture.sent()).isEqualTo(1);
  }
}
