package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.metrics.Counter;
import dev.holdfast.policy.Cidr;
import dev.holdfast.policy.Dns64Config;
import dev.holdfast.policy.RebindingConfig;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.policy.SubnetConfig;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Type;

class Dns64Test {

  private static final RewriteConfig DNS64 = dns64("64:ff9b::/96");
  private static final String SOA = "example.org. 90 SOA ns.example.org. a.example.org. 1 2 3 4 80";

  private final ResolverFixture fixture = ResolverFixture.with().rewrite(DNS64).start();

  private static RewriteConfig dns64(String prefix) {
    return new RewriteConfig(
        RebindingConfig.DEFAULTS, new Dns64Config(true, Cidr.parse(prefix)), SubnetConfig.DEFAULTS);
  }

  @Test
  void ask_nameWithIpv4Only_getsATranslatedAddressAndThenFromTheCache() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    replyNodata(fixture);
    assertThat(asked.isWaiting()).isTrue();
    assertThat(Type.string(fixture.onlyPending().message().getQuestion().getType())).isEqualTo("A");
    fixture.replyWith("www.example.org. 60 A 192.0.2.33", "www.example.org. 60 A 192.0.2.34");

    assertThat(asked.answers())
        .containsExactly(
            "www.example.org. 60 AAAA 64:ff9b:0:0:0:0:c000:221",
            "www.example.org. 60 AAAA 64:ff9b:0:0:0:0:c000:222");
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.SYNTHESIZED);
    fixture.advanceSeconds(10);
    assertThat(fixture.ask(query("www.example.org", RecordType.AAAA)).answers())
        .contains("www.example.org. 50 AAAA 64:ff9b:0:0:0:0:c000:221");
    assertThat(fixture.ask(query("www.example.org", RecordType.A)).answers()).hasSize(2);
    assertThat(fixture.sent()).isEqualTo(2);
    assertThat(fixture.count(Counter.ANSWERS_SYNTHESIZED)).isOne();
  }

  @Test
  void ask_ttlOfTheAddressLongerThanThatOfItsAbsence_isCut() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    replyNodata(fixture);
    fixture.replyWith("www.example.org. 3600 A 192.0.2.33");

    assertThat(asked.answers())
        .containsExactly("www.example.org. 80 AAAA 64:ff9b:0:0:0:0:c000:221");
  }

  @Test
  void ask_addressKnownAlready_isMadeOfWhatIsLeftOfIt() {
    fixture.learn("www.example.org. 50 A 192.0.2.33");
    fixture.advanceSeconds(20);

    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    replyNodata(fixture);

    assertThat(asked.answers())
        .containsExactly("www.example.org. 30 AAAA 64:ff9b:0:0:0:0:c000:221");
    assertThat(fixture.sent()).isEqualTo(2);
  }

  @Test
  void ask_nameWithIpv6_isLeftAlone() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    fixture.replyWith("www.example.org. 60 AAAA 2001:db8::1");

    assertThat(asked.answers()).containsExactly("www.example.org. 60 AAAA 2001:db8:0:0:0:0:0:1");
    assertThat(asked.extendedErrors()).isEmpty();
  }

  @Test
  void ask_mappedAddressesOnly_countAsNone() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    fixture.replyWith("www.example.org. 60 AAAA ::ffff:192.0.2.1");
    fixture.replyWith("www.example.org. 60 A 192.0.2.33");

    assertThat(asked.answers())
        .containsExactly("www.example.org. 60 AAAA 64:ff9b:0:0:0:0:c000:221");
  }

  @Test
  void ask_mappedAddressesAmongOthers_areLeftOut() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    fixture.replyWith(
        "www.example.org. 60 AAAA ::ffff:192.0.2.1", "www.example.org. 60 AAAA 2001:db8::1");

    assertThat(asked.answers()).containsExactly("www.example.org. 60 AAAA 2001:db8:0:0:0:0:0:1");
  }

  @Test
  void ask_alias_isKept() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    fixture.deliver(
        fixture.reply().answer("www.example.org. 60 CNAME host.example.org.").authority(SOA));
    fixture.replyWith(
        "www.example.org. 60 CNAME host.example.org.", "host.example.org. 60 A 192.0.2.33");

    assertThat(asked.answers())
        .containsExactly(
            "www.example.org. 60 CNAME host.example.org.",
            "host.example.org. 60 AAAA 64:ff9b:0:0:0:0:c000:221");
  }

  @Test
  void ask_nameWithoutAnyAddress_hearsSo() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    replyNodata(fixture);
    replyNodata(fixture);

    assertThat(asked.rcode()).isEqualTo(Rcode.NOERROR);
    assertThat(asked.answers()).isEmpty();
    assertThat(asked.authority()).hasSize(1);
    assertThat(fixture.ask(query("www.example.org", RecordType.AAAA)).isAnsweredAtOnce()).isTrue();
    assertThat(fixture.count(Counter.ANSWERS_SYNTHESIZED)).isZero();
  }

  @Test
  void ask_nameThatIsNot_asksForNothingElse() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    fixture.deliver(fixture.reply().rcode(Rcode.NXDOMAIN).authority(SOA));

    assertThat(asked.rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(fixture.pending()).isEmpty();
  }

  @Test
  void ask_errorAboutIpv6_saysNothingOfIpv4() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    fixture.deliver(fixture.reply().rcode(Rcode.SERVFAIL));
    fixture.replyWith("www.example.org. 60 A 192.0.2.33");

    assertThat(asked.answers()).hasSize(1);
  }

  @Test
  void ask_noAnswerAboutIpv4_fails() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    replyNodata(fixture);
    fixture.fail(FailureKind.REFUSED_CONNECTION);

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void ask_silenceAboutIpv4_failsByTheDeadline() {
    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));
    replyNodata(fixture);
    fixture.advanceSeconds(4);

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void ask_byWhoValidatesHimself_getsWhatUpstreamsSayWhateverOthersGot() {
    fixture.ask(query("www.example.org", RecordType.AAAA).withFlags(Header.CD));
    replyNodata(fixture);
    fixture.replyWith("www.example.org. 60 A 192.0.2.33");
    MessageBytes validator =
        MessageBytes.query("www.example.org", RecordType.AAAA)
            .opt(1232, Edns.DO)
            .withFlags(Header.CD);

    Asked asked = fixture.ask(validator);
    replyNodata(fixture);

    assertThat(asked.answers()).isEmpty();
    assertThat(fixture.pending()).isEmpty();
    assertThat(
            fixture.ask(query("www.example.org", RecordType.AAAA).withFlags(Header.CD)).answers())
        .hasSize(1);
    fixture.advanceSeconds(61);
    assertThat(
            fixture.ask(query("www.example.org", RecordType.AAAA).withFlags(Header.CD)).isWaiting())
        .isTrue();
  }

  @Test
  void ask_withDnssec_isMadeWithoutSignaturesAndWithoutAd() {
    Asked asked =
        fixture.ask(MessageBytes.query("www.example.org", RecordType.AAAA).opt(1232, Edns.DO));
    replyNodata(fixture);
    fixture.deliver(
        fixture
            .reply()
            .flag(Flags.AD)
            .answer(
                "www.example.org. 60 A 192.0.2.33",
                "www.example.org. 60 RRSIG A 8 3 60 20300101000000 20200101000000 1 example.org."
                    + " AAAA"));

    assertThat(asked.answers())
        .containsExactly("www.example.org. 60 AAAA 64:ff9b:0:0:0:0:c000:221");
    assertThat(asked.flag(Flags.AD)).isFalse();
  }

  @Test
  void ask_bothTypesAtOnce_sendsEachQuestionOnce() {
    Asked ipv4 = fixture.ask(query("www.example.org", RecordType.A));
    Asked ipv6 = fixture.ask(query("www.example.org", RecordType.AAAA));
    assertThat(fixture.pending()).hasSize(2);
    fixture.deliver(
        fixture.pending().getLast(),
        DnsjavaReply.to(fixture.pending().getLast().message()).authority(SOA));
    assertThat(fixture.sent()).isEqualTo(2);
    fixture.replyWith("www.example.org. 60 A 192.0.2.33");

    assertThat(ipv4.answers()).hasSize(1);
    assertThat(ipv6.answers()).hasSize(1);
  }

  @Test
  void ask_upstreamsGone_isServedStale() {
    fixture.ask(query("www.example.org", RecordType.AAAA));
    replyNodata(fixture);
    fixture.replyWith("www.example.org. 60 A 192.0.2.33");
    fixture.advanceSeconds(61);
    fixture.takeDown();

    Asked asked = fixture.ask(query("www.example.org", RecordType.AAAA));

    assertThat(asked.answers())
        .containsExactly("www.example.org. 30 AAAA 64:ff9b:0:0:0:0:c000:221");
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
  }

  @Test
  void ask_addressThatVanished_isHeldAsTheTranslatedOne() {
    HoldConfig hold =
        new HoldConfig(HoldMode.ENFORCE, Duration.ZERO, 0, Duration.ofHours(1), List.of());
    ResolverFixture holding = ResolverFixture.with().hold(hold).rewrite(DNS64).start();
    holding.ask(query("www.example.org", RecordType.AAAA));
    replyNodata(holding);
    holding.replyWith("www.example.org. 60 A 192.0.2.33");
    holding.advanceSeconds(61);

    Asked asked = holding.ask(query("www.example.org", RecordType.AAAA));
    replyNodata(holding);
    replyNodata(holding);

    assertThat(asked.answers())
        .containsExactly("www.example.org. 30 AAAA 64:ff9b:0:0:0:0:c000:221");
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
  }

  @Test
  void ask_nameOfATranslatedAddress_isAnAlias() {
    String name = "a.a.0.0.0.0.0.c." + "0.".repeat(16) + "b.9.f.f.4.6.0.0.ip6.arpa";

    Asked asked = fixture.ask(query(name, RecordType.PTR));
    assertThat(fixture.onlyPending().message().getQuestion().getName())
        .hasToString("170.0.0.192.in-addr.arpa.");
    fixture.replyWith("170.0.0.192.in-addr.arpa. 60 PTR www.example.org.");

    assertThat(asked.answers())
        .containsExactly(
            name + ". 60 CNAME 170.0.0.192.in-addr.arpa.",
            "170.0.0.192.in-addr.arpa. 60 PTR www.example.org.");
    assertThat(fixture.ask(query(name, RecordType.PTR)).answers()).hasSize(2);
    assertThat(fixture.sent()).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0.0.0.0.0.a.0.", "1.0.0.0.8.a.0.c."})
  void ask_nameOfATranslatedPrivateAddress_isAnsweredHere(String nibbles) {
    String name = nibbles + "0.".repeat(16) + "b.9.f.f.4.6.0.0.ip6.arpa";

    assertThat(fixture.ask(query(name, RecordType.PTR)).rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(fixture.sent()).isZero();
  }

  @Test
  void ask_nameOfTranslatedAddressThatHasNone_hearsSo() {
    String name = "1.1.1.1.1.1.1.1." + "0.".repeat(16) + "b.9.f.f.4.6.0.0.ip6.arpa";

    Asked asked = fixture.ask(query(name, RecordType.PTR));
    fixture.deliver(
        fixture
            .reply()
            .rcode(Rcode.NXDOMAIN)
            .authority("in-addr.arpa. 60 SOA ns.example.org. a.example.org. 1 2 3 4 60"));

    assertThat(asked.rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(fixture.ask(query(name, RecordType.PTR)).isAnsweredAtOnce()).isTrue();
  }

  @Test
  void ask_wellKnownIpv4OnlyName_tellsThePrefix() {
    ResolverFixture other = ResolverFixture.with().rewrite(dns64("2001:db8:64::/48")).start();

    Asked asked = other.ask(query("ipv4only.arpa", RecordType.AAAA));
    other.deliver(other.reply().authority("ipv4only.arpa. 60 SOA ns.arpa. a.arpa. 1 2 3 4 60"));
    other.replyWith("ipv4only.arpa. 60 A 192.0.0.170", "ipv4only.arpa. 60 A 192.0.0.171");

    assertThat(asked.answers())
        .containsExactly(
            "ipv4only.arpa. 60 AAAA 2001:db8:64:c000:0:aa00:0:0",
            "ipv4only.arpa. 60 AAAA 2001:db8:64:c000:0:ab00:0:0");
  }

  private static MessageBytes query(String name, int type) {
    return MessageBytes.query(name, type).opt(1232, 0);
  }

  private static void replyNodata(ResolverFixture at) {
    at.deliver(at.reply().authority(SOA));
  }
}
