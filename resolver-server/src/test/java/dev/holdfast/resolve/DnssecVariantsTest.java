package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;

/** What the answer with signatures is worth to who wants none. */
final class DnssecVariantsTest {

  private static final String WWW = "www.example.org. 300 A 192.0.2.1";
  private static final String FIELDS = " 8 3 300 20300101000000 20290101000000 1 example.org. AAAA";

  private static final MessageBytes PLAIN = MessageBytes.query("www.example.org", RecordType.A);
  private static final MessageBytes SIGNED =
      MessageBytes.query("www.example.org", RecordType.A).opt(1232, Edns.DO);

  private final ResolverFixture fixture = ResolverFixture.start();

  @Test
  void resolve_signedAnswerKnown_plainOneIsMadeOfIt() {
    learnSigned();
    fixture.advanceSeconds(100);

    Asked asked = fixture.ask(PLAIN);

    assertThat(asked.isAnsweredAtOnce()).isTrue();
    assertThat(asked.answers()).containsExactly("www.example.org. 200 A 192.0.2.1");
    assertThat(fixture.ask(SIGNED).answers()).hasSize(2);
    assertThat(fixture.sent()).isEqualTo(1);
  }

  @Test
  void resolve_plainOneMadeOfTheSigned_isNoFresherThanIt() {
    learnSigned();
    fixture.advanceSeconds(250);
    fixture.ask(PLAIN);

    fixture.advanceMillis(49_999);
    assertThat(fixture.ask(PLAIN).isAnsweredAtOnce()).isTrue();
    fixture.advanceMillis(1);
    assertThat(fixture.ask(PLAIN).isWaiting()).isTrue();
  }

  @Test
  void resolve_plainAnswerKnown_signedOneIsAskedFor() {
    fixture.learn(WWW);

    Asked asked = fixture.ask(SIGNED);

    assertThat(asked.isWaiting()).isTrue();
    assertThat(fixture.onlyPending().message().getOPT().getFlags()).isEqualTo(Edns.DO);
  }

  @Test
  void resolve_negativeWithProofs_plainOneHasTheSoaOnly() {
    Asked signed = fixture.ask(SIGNED);
    fixture.deliver(
        fixture
            .reply()
            .rcode(Rcode.NXDOMAIN)
            .authority(
                "example.org. 300 SOA ns.example.org. a.example.org. 1 2 3 4 300",
                "example.org. 300 RRSIG SOA" + FIELDS,
                "a.example.org. 300 NSEC z.example.org. A",
                "a.example.org. 300 RRSIG NSEC" + FIELDS));
    assertThat(signed.authority()).hasSize(4);

    Asked plain = fixture.ask(PLAIN);

    assertThat(plain.isAnsweredAtOnce()).isTrue();
    assertThat(plain.rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(plain.authority()).hasSize(1);
    assertThat(plain.authority().getFirst()).contains("SOA");
  }

  @Test
  void resolve_checkingDisabled_isNoVariantOfTheOther() {
    learnSigned();

    Asked asked =
        fixture.ask(MessageBytes.query("www.example.org", RecordType.A).withFlags(Header.CD));

    assertThat(asked.isWaiting()).isTrue();
  }

  @Test
  void resolve_authenticData_holdsForBothVariants() {
    fixture.ask(SIGNED);
    fixture.deliver(
        fixture.reply().flag(Flags.AD).answer(WWW, "www.example.org. 300 RRSIG A" + FIELDS));

    Asked asked =
        fixture.ask(MessageBytes.query("www.example.org", RecordType.A).withFlags(Header.AD));

    assertThat(asked.flag(Flags.AD)).isTrue();
    assertThat(fixture.ask(PLAIN).flag(Flags.AD)).isFalse();
  }

  @Test
  void resolve_extendedErrorOfTheSignedAnswer_isKeptForThePlainOne() {
    fixture.ask(SIGNED);
    fixture.deliver(
        fixture
            .reply()
            .answer(WWW, "www.example.org. 300 RRSIG A" + FIELDS)
            .edns(Edns.DO, new ExtendedErrorCodeOption(ExtendedError.STALE_ANSWER, "")));

    Asked asked = fixture.ask(MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0));

    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
  }

  @Test
  void resolve_bothStale_theNewerIsServed() {
    learnSigned();
    fixture.advanceSeconds(301);
    fixture.ask(PLAIN);
    fixture.replyWith("www.example.org. 300 A 192.0.2.2");
    fixture.advanceSeconds(301);
    Asked asked = fixture.ask(PLAIN);
    ScriptedExchange.Query query = fixture.onlyPending();

    fixture.fail(query, FailureKind.REFUSED_CONNECTION);

    assertThat(asked.answers()).containsExactly("www.example.org. 30 A 192.0.2.2");
  }

  @Test
  void resolve_plainStaleAndSignedNewer_theNewerIsServed() {
    fixture.learn("www.example.org. 300 A 192.0.2.9");
    fixture.advanceSeconds(301);
    learnSigned();
    fixture.advanceSeconds(301);
    Asked asked = fixture.ask(PLAIN);

    fixture.fail(FailureKind.REFUSED_CONNECTION);

    assertThat(asked.answers()).containsExactly("www.example.org. 30 A 192.0.2.1");
  }

  private void learnSigned() {
    fixture.ask(SIGNED);
    ScriptedExchange.Query query = fixture.onlyPending();
    fixture.deliver(
        query,
        DnsjavaReply.to(query.message()).answer(WWW, "www.example.org. 300 RRSIG A" + FIELDS));
  }
}
