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
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.RouteRules;
import dev.holdfast.upstream.Routes;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Type;

@Attack(Threat.REBINDING)
class RebindingTest {

  private static final RewriteConfig REFUSE = refuse();

  private final ResolverFixture fixture =
      ResolverFixture.with().rewrite(REFUSE).rules(new RouteRules(true, false)).start();

  private static RewriteConfig refuse(String... except) {
    List<Cidr> blocks = RebindingConfig.DEFAULTS.privateBlocks();
    return new RewriteConfig(
        new RebindingConfig(true, blocks, List.of(except)),
        Dns64Config.DEFAULTS,
        SubnetConfig.DEFAULTS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A 10.1.2.3",
        "A 127.0.0.1",
        "A 0.0.0.0",
        "A 169.254.169.254",
        "A 172.31.0.1",
        "A 192.168.1.1",
        "A 100.64.0.1",
        "AAAA ::1",
        "AAAA ::",
        "AAAA fd12::1",
        "AAAA fe80::1",
        "AAAA ::ffff:10.0.0.1",
        "AAAA ::192.168.0.1",
        "AAAA 64:ff9b::10.0.0.1",
        "AAAA 64:ff9b:1::127.0.0.1",
        "HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1,192.168.0.1",
        "HTTPS 1 . ipv6hint=fd00::1",
        "SVCB 1 svc.example.org. port=443 ipv4hint=127.0.0.1",
      })
  void ask_nameWithAPrivateAddress_hearsThatThereIsNone(String data) {
    int type = Type.value(data.substring(0, data.indexOf(' ')));

    Asked asked = fixture.ask(query(type));
    fixture.replyWith("rebind.example.org. 300 " + data);

    assertRefused(asked);
    assertRefused(fixture.ask(query(type)));
    assertThat(fixture.sent()).isOne();
    assertThat(fixture.count(Counter.ANSWERS_REFUSED_PRIVATE)).isOne();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A 192.0.2.1",
        "A 11.0.0.1",
        "A 172.32.0.1",
        "AAAA 2001:db8::10.0.0.1",
        "AAAA 64:ff9b::192.0.2.1",
        "HTTPS 1 . ipv4hint=192.0.2.1 ipv6hint=2001:db8::1",
        "TXT 10.0.0.1",
      })
  void ask_nameWithAPublicAddress_isAnswered(String data) {
    int type = Type.value(data.substring(0, data.indexOf(' ')));

    Asked asked = fixture.ask(query(type));
    fixture.replyWith("rebind.example.org. 300 " + data);

    assertThat(asked.answers()).hasSize(1);
    assertThat(fixture.count(Counter.ANSWERS_REFUSED_PRIVATE)).isZero();
  }

  @Test
  void ask_privateAmongPublicAddresses_isRefusedAsAWhole() {
    Asked asked = fixture.ask(query(RecordType.A));
    fixture.replyWith(
        "rebind.example.org. 300 A 192.0.2.1", "rebind.example.org. 300 A 192.168.0.1");

    assertRefused(asked);
  }

  @Test
  void ask_aliasOfAPrivateName_isRefused() {
    Asked asked = fixture.ask(query(RecordType.A));
    fixture.replyWith(
        "rebind.example.org. 300 CNAME a.example.net.",
        "a.example.net. 300 CNAME b.example.net.",
        "b.example.net. 300 A 10.0.0.1");

    assertRefused(asked);
  }

  @Test
  void ask_withAndWithoutDnssec_isRefusedTheSame() {
    fixture.ask(MessageBytes.query("rebind.example.org", RecordType.A).opt(1232, Edns.DO));
    fixture.replyWith("rebind.example.org. 300 A 10.0.0.1");

    assertRefused(fixture.ask(query(RecordType.A)));
    assertThat(fixture.sent()).isOne();
  }

  @Test
  void ask_exceptedName_isAnsweredAndWhoLeadsThereByAnAliasIsNot() {
    ResolverFixture excepting =
        ResolverFixture.with()
            .rewrite(refuse("corp.example"))
            .rules(new RouteRules(true, false))
            .start();

    excepting.learn("printer.corp.example. 300 A 10.0.0.1");
    assertThat(excepting.ask("printer.corp.example", RecordType.A).answers()).hasSize(1);

    Asked asked = excepting.ask(query(RecordType.A));
    excepting.replyWith(
        "rebind.example.org. 300 CNAME printer.corp.example.",
        "printer.corp.example. 300 A 10.0.0.1");
    assertRefused(asked);
  }

  @Test
  void ask_routeThatAllows_isAnswered() {
    ResolverFixture allowing = ResolverFixture.with().rewrite(REFUSE).start();

    allowing.learn("rebind.example.org. 300 A 10.0.0.1");

    assertThat(allowing.ask(query(RecordType.A)).answers()).hasSize(1);
  }

  @Test
  void ask_refused_isForgottenAfterTheNegativeTtl() {
    fixture.ask(query(RecordType.A));
    fixture.replyWith("rebind.example.org. 86400 A 10.0.0.1");
    fixture.advance(Duration.ofMinutes(5));

    assertThat(fixture.ask(query(RecordType.A)).isWaiting()).isTrue();
  }

  @Test
  void ask_knownNameThatTurnsPrivate_isHeldAtItsPublicAddress() {
    HoldConfig hold =
        new HoldConfig(HoldMode.ENFORCE, Duration.ZERO, 0, Duration.ofHours(1), List.of());
    ResolverFixture holding =
        ResolverFixture.with()
            .hold(hold)
            .rewrite(REFUSE)
            .rules(new RouteRules(true, false))
            .start();
    holding.learn("rebind.example.org. 60 A 192.0.2.1");
    holding.advanceSeconds(60);

    Asked asked = holding.ask(query(RecordType.A));
    holding.replyWith("rebind.example.org. 60 A 192.168.0.1");

    assertThat(asked.answers()).containsExactly("rebind.example.org. 30 A 192.0.2.1");
  }

  @Test
  void setRoutes_withTheFilter_forgetsPrivateAnswersAlone() {
    ResolverFixture before = ResolverFixture.with().rewrite(REFUSE).start();
    before.learn("rebind.example.org. 300 A 10.0.0.1");
    before.learn("www.example.org. 300 A 192.0.2.1");
    byte[] root = Names.parse(".");

    before
        .resolvers()
        .setRoutes(
            new Routes(
                List.of(new Route(0, root, before.upstreams(), new RouteRules(true, false)))));

    assertThat(before.ask("www.example.org", RecordType.A).answers()).hasSize(1);
    Asked asked = before.ask(query(RecordType.A));
    assertThat(asked.isWaiting()).isTrue();
    before.replyWith("rebind.example.org. 300 A 10.0.0.1");
    assertRefused(asked);

    before.resolvers().setRoutes(new Routes(List.of(new Route(0, root, before.upstreams()))));
    assertThat(before.ask(query(RecordType.A)).isWaiting()).isTrue();
  }

  private static MessageBytes query(int type) {
    return MessageBytes.query("rebind.example.org", type).opt(1232, 0);
  }

  private static void assertRefused(Asked asked) {
    assertThat(asked.rcode()).isEqualTo(Rcode.NOERROR);
    assertThat(asked.answers()).isEmpty();
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.BLOCKED);
  }
}
