package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.SubnetAnswers;
import dev.holdfast.metrics.Counter;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.Cidr;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.RouteRules;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;

/** Whose network upstreams hear of, and who gets which answer. */
class ClientSubnetTest {

  private static final String NAME = "cdn.example.org";
  private static final String NET_A = "000118 00 c63364"; // 198.51.100.0/24
  private static final String NET_A_BESIDE = "000118 00 c63365"; // 198.51.101.0/24
  private static final String NET_B = "000118 00 cb0071"; // 203.0.113.0/24
  private static final String WITHHELD = "00010000";

  private final ResolverFixture fixture = forwarding();

  private static ResolverFixture forwarding() {
    return ResolverFixture.with()
        .access(new AccessConfig(List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")), true))
        .rules(new RouteRules(false, true))
        .start();
  }

  @Test
  @Attack(Threat.BIRTHDAY)
  void ask_byDefault_tellsNobodyAndRepeatsNothing() {
    ResolverFixture stripping = ResolverFixture.start();

    Asked first = stripping.ask(query(NET_A));
    Asked second = stripping.ask(query(NET_B));

    assertThat(sent(stripping.onlyPending())).isNull();
    stripping.replyWith(NAME + ". 60 A 192.0.2.1");
    assertThat(first.answers()).isEqualTo(second.answers()).hasSize(1);
    assertThat(echoed(first)).isNull();
    assertThat(echoed(stripping.ask(query(NET_B)))).isNull();
    assertThat(stripping.ask(query("000118")).rcode()).isEqualTo(Rcode.NOERROR);
    assertThat(stripping.count(Counter.QUESTIONS_JOINED)).isOne();
  }

  @Test
  void ask_twoNetworks_getAnswersOfTheirOwn() {
    Asked a = fixture.ask(query(NET_A));
    Asked b = fixture.ask(query(NET_B));
    assertThat(fixture.pending()).hasSize(2);
    assertThat(sent(fixture.pending().get(0))).isEqualTo("198.51.100.0/24 scope 0");
    assertThat(sent(fixture.pending().get(1))).isEqualTo("203.0.113.0/24 scope 0");

    reply(fixture.pending().getFirst(), "198.51.100.0", 24, 24, "192.0.2.1");
    reply(fixture.onlyPending(), "203.0.113.0", 24, 16, "192.0.2.2");

    assertThat(address(a)).isEqualTo("192.0.2.1");
    assertThat(echoed(a)).isEqualTo("198.51.100.0/24 scope 24");
    assertThat(address(b)).isEqualTo("192.0.2.2");
    assertThat(echoed(b)).isEqualTo("203.0.113.0/24 scope 16");
    assertThat(address(fixture.ask(query(NET_A)))).isEqualTo("192.0.2.1");
    Asked sameSixteen = fixture.ask(query("000118 00 cb0001"));
    assertThat(address(sameSixteen)).isEqualTo("192.0.2.2");
    assertThat(echoed(sameSixteen)).isEqualTo("203.0.1.0/24 scope 16");
    assertThat(fixture.ask(query(NET_A_BESIDE)).isWaiting()).isTrue();
    assertThat(fixture.sent()).isEqualTo(3);
  }

  @Test
  @Attack(Threat.BIRTHDAY)
  void ask_oneNetworkTwice_isOutstandingOnce() {
    Asked first = fixture.ask(query(NET_A));
    Asked second = fixture.ask(query("000120 00 c6336407"));
    assertThat(sent(fixture.onlyPending())).isEqualTo("198.51.100.0/24 scope 0");
    reply(fixture.onlyPending(), "198.51.100.0", 24, 24, "192.0.2.1");

    assertThat(address(first)).isEqualTo("192.0.2.1");
    assertThat(echoed(second)).isEqualTo("198.51.100.7/32 scope 24");
    assertThat(fixture.count(Counter.QUESTIONS_JOINED)).isOne();
  }

  @Test
  @Attack(Threat.BIRTHDAY)
  void ask_manyNetworksAtOnce_areBounded() {
    for (int i = 0; i < 16; i++) {
      fixture.ask(query("000118 00 c633%02x".formatted(i)));
    }

    Asked oneMore = fixture.ask(query(NET_B));

    assertThat(oneMore.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.pending()).hasSize(16);
    assertThat(fixture.count(Counter.LIMIT_SUBNETS_IN_FLIGHT)).isOne();
    reply(fixture.pending().getFirst(), "198.51.0.0", 24, 24, "192.0.2.1");
    assertThat(fixture.ask(query(NET_B)).isWaiting()).isTrue();
  }

  @Test
  void ask_moreNetworksThanAreKept_forgetsTheFirst() {
    for (int i = 0; i <= SubnetAnswers.MAX_NETWORKS; i++) {
      fixture.ask(query("000118 00 c633%02x".formatted(i)));
      reply(fixture.onlyPending(), "198.51." + i + ".0", 24, 24, "192.0.2.1");
    }

    assertThat(fixture.count(Counter.LIMIT_SUBNET_ANSWERS)).isOne();
    assertThat(fixture.ask(query("000118 00 c63301")).isAnsweredAtOnce()).isTrue();
    assertThat(fixture.ask(query("000118 00 c63300")).isWaiting()).isTrue();
  }

  @Test
  void ask_clientThatSaysNothing_isKnownByItsAddress() {
    Asked ipv4 = fixture.ask(query(null), "198.51.100.9", 4000, /* stream= */ false);
    assertThat(sent(fixture.onlyPending())).isEqualTo("198.51.100.0/24 scope 0");
    reply(fixture.onlyPending(), "198.51.100.0", 24, 20, "192.0.2.1");
    assertThat(address(ipv4)).isEqualTo("192.0.2.1");
    assertThat(echoed(ipv4)).isNull();

    fixture.ask(query(null), "2600:db8:1:2ff::1", 4000, /* stream= */ false);
    assertThat(sent(fixture.onlyPending())).isEqualTo("2600:db8:1:200:0:0:0:0/56 scope 0");
  }

  @Test
  void ask_privateClientOrNetwork_isNotToldOf() {
    Asked own = fixture.ask(query(null));
    Asked told = fixture.ask(query("000118 00 c0a801"));
    assertThat(sent(fixture.onlyPending())).isNull();
    fixture.replyWith(NAME + ". 60 A 192.0.2.1");

    assertThat(address(own)).isEqualTo(address(told));
    assertThat(echoed(told)).isEqualTo("192.168.1.0/24 scope 0");
    assertThat(fixture.ask(query(NET_A)).isWaiting()).isTrue();
  }

  @Test
  void ask_clientThatWithholdsItsNetwork_isHonouredAndKeptApart() {
    Asked asked = fixture.ask(query(WITHHELD), "198.51.100.9", 4000, /* stream= */ false);
    assertThat(sent(fixture.onlyPending())).isEqualTo("0.0.0.0/0 scope 0");
    reply(fixture.onlyPending(), "0.0.0.0", 0, 0, "192.0.2.1");

    assertThat(echoed(asked)).isEqualTo("0.0.0.0/0 scope 0");
    assertThat(fixture.ask(query(WITHHELD)).isAnsweredAtOnce()).isTrue();
    assertThat(fixture.ask(query(NET_A)).isWaiting()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ask_answerThatIsTheSameForAll_isGivenToAll(boolean withOption) {
    fixture.ask(query(NET_A));
    if (withOption) {
      reply(fixture.onlyPending(), "198.51.100.0", 24, 0, "192.0.2.1");
    } else {
      fixture.replyWith(NAME + ". 60 A 192.0.2.1");
    }

    assertThat(echoed(fixture.ask(query(NET_B)))).isEqualTo("203.0.113.0/24 scope 0");
    assertThat(fixture.ask(query(WITHHELD)).isAnsweredAtOnce()).isTrue();
    assertThat(fixture.ask(query(null)).isAnsweredAtOnce()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "000118",
        "00011800c6336401",
        "00011800c63364 01",
        "00011818c63364",
        "00051800c63364"
      })
  void ask_malformed_isAFormatError(String option) {
    assertThat(fixture.ask(query(option)).rcode()).isEqualTo(Rcode.FORMERR);
    assertThat(fixture.pending()).isEmpty();
    assertThat(fixture.count(Counter.REJECTED_MALFORMED)).isOne();
  }

  @ParameterizedTest
  @CsvSource({"203.0.113.0, 24", "198.51.100.0, 23", "198.51.100.0, 25"})
  @Attack({Threat.OFF_PATH_SPOOFING, Threat.NEAR_MISS_REPLIES})
  void reply_forAnotherNetworkThanWasTold_isDroppedAndTheRightOneTaken(String network, int source) {
    Asked asked = fixture.ask(query(NET_A));
    Message wrong =
        DnsjavaReply.to(fixture.onlyPending().message())
            .answer(NAME + ". 60 A 192.0.2.66")
            .edns(0, option(network, source, 24))
            .toMessage();

    assertThat(fixture.onlyPending().reply(wrong)).isFalse();
    reply(fixture.onlyPending(), "198.51.100.0", 24, 24, "192.0.2.1");

    assertThat(address(asked)).isEqualTo("192.0.2.1");
    assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_SUBNET)).isOne();
  }

  @Test
  void ask_ttlOver_isAskedAgainAndServedStaleToItsNetworkAlone() {
    fixture.ask(query(NET_A));
    reply(fixture.onlyPending(), "198.51.100.0", 24, 24, "192.0.2.1");
    fixture.advanceSeconds(61);
    fixture.takeDown();

    Asked stale = fixture.ask(query(NET_A));
    Asked other = fixture.ask(query(NET_B));

    assertThat(address(stale)).isEqualTo("192.0.2.1");
    assertThat(stale.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
    assertThat(echoed(stale)).isEqualTo("198.51.100.0/24 scope 24");
    assertThat(other.rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void ask_upstreamFails_isRememberedForItsNetworkAlone() {
    fixture.ask(query(NET_A));
    fixture.fail(FailureKind.REFUSED_CONNECTION);
    assertThat(fixture.ask(query(NET_A)).isAnsweredAtOnce()).isTrue();

    fixture.heal();
    assertThat(fixture.ask(query(NET_B)).isWaiting()).isTrue();
  }

  @Test
  void ask_absence_isKeptByNetwork() {
    fixture.ask(query(NET_A));
    fixture.deliver(
        fixture
            .reply()
            .rcode(Rcode.NXDOMAIN)
            .authority("example.org. 60 SOA ns.example.org. a.example.org. 1 2 3 4 60")
            .edns(0, option("198.51.100.0", 24, 24)));

    assertThat(fixture.ask(query(NET_A)).rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(fixture.ask(query(NET_B)).isWaiting()).isTrue();
  }

  private static MessageBytes query(@Nullable String option) {
    MessageBytes query = MessageBytes.query(NAME, RecordType.A);
    return option == null
        ? query.opt(1232, 0)
        : query.opt(
            1232, 0, MessageBytes.option(8, HexFormat.of().parseHex(option.replace(" ", ""))));
  }

  private void reply(
      ScriptedExchange.Query query, String network, int source, int scope, String address) {
    fixture.deliver(
        query,
        DnsjavaReply.to(query.message())
            .answer(NAME + ". 60 A " + address)
            .edns(0, option(network, source, scope)));
  }

  private static EDNSOption option(String network, int source, int scope) {
    return new ClientSubnetOption(source, scope, InetAddress.ofLiteral(network));
  }

  private static @Nullable String sent(ScriptedExchange.Query query) {
    return subnet(query.message());
  }

  private static @Nullable String echoed(Asked asked) {
    return subnet(asked.response());
  }

  private static @Nullable String subnet(Message message) {
    List<EDNSOption> options = message.getOPT().getOptions(EDNSOption.Code.CLIENT_SUBNET);
    if (options.isEmpty()) {
      return null;
    }
    ClientSubnetOption option = (ClientSubnetOption) options.getFirst();
    return option.getAddress().getHostAddress()
        + "/"
        + option.getSourcePrefixLength()
        + " scope "
        + option.getScopePrefixLength();
  }

  private static String address(Asked asked) {
    String record = asked.answers().getFirst();
    return record.substring(record.lastIndexOf(' ') + 1);
  }
}
