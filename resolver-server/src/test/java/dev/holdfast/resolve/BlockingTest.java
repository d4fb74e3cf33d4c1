package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.lists.ListAction;
import dev.holdfast.lists.ListReason;
import dev.holdfast.lists.LocalPolicies;
import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;

/** What the operator's lists make of questions, and of answers to them. */
class BlockingTest {

  private final ResolverFixture fixture = ResolverFixture.start();

  @ParameterizedTest
  @CsvSource({
    "NXDOMAIN, A, 3, 0",
    "NODATA, A, 0, 0",
    "NULL_ADDRESS, A, 0, 1",
    "NULL_ADDRESS, AAAA, 0, 1",
    "NULL_ADDRESS, HTTPS, 0, 0",
    "REFUSED, A, 5, 0",
  })
  void ask_blockedName_isAnsweredAsConfigured(
      ListAction action, String type, int rcode, int answers) {
    fixture.use(LocalPolicies.blocking(action, "ads.example.org"));
    MessageBytes query =
        MessageBytes.query("x.ADS.example.org", RecordType.parse(type)).opt(1232, 0);

    Asked asked = fixture.ask(query);

    assertThat(asked.isAnsweredAtOnce()).isTrue();
    assertThat(asked.rcode()).isEqualTo(rcode);
    assertThat(asked.answers()).hasSize(answers);
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.BLOCKED);
    boolean negative = answers == 0 && action != ListAction.REFUSED;
    assertThat(asked.authority())
        .hasSize(negative ? 1 : 0)
        .allMatch(each -> each.startsWith("x.ADS.example.org. 60 SOA localhost. nobody.invalid."));
    assertThat(fixture.count(Counter.ANSWERS_BLOCKED)).isOne();
    assertThat(fixture.sent()).isZero();
    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  @Test
  void ask_blockedName_itsNullAddressIsThatOfTheType() {
    fixture.use(LocalPolicies.blocking(ListAction.NULL_ADDRESS, "ads.example.org"));

    assertThat(fixture.ask("ads.example.org", RecordType.A).answers())
        .containsExactly("ads.example.org. 60 A 0.0.0.0");
    assertThat(fixture.ask("ads.example.org", RecordType.AAAA).answers())
        .containsExactly("ads.example.org. 60 AAAA 0:0:0:0:0:0:0:0");
    assertThat(fixture.count(Counter.BLOCKED_NULL_ADDRESS)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"BLOCKED, 15", "CENSORED, 16", "FILTERED, 17"})
  void ask_blockedName_saysWhy(ListReason reason, int infoCode) {
    fixture.use(
        new LocalPolicies().withList(ListAction.NXDOMAIN, reason, "ads.example.org").policy());

    Asked asked = fixture.ask(MessageBytes.query("ads.example.org", RecordType.A).opt(1232, 0));

    assertThat(asked.extendedErrors()).containsExactly(infoCode);
  }

  @Test
  void ask_allowedName_isNeverBlocked() {
    fixture.use(
        new LocalPolicies()
            .allowing("www.ads.example.org")
            .withRpz("*.ads.example.org CNAME .")
            .withList(
                ListAction.NXDOMAIN,
                ListReason.BLOCKED,
                "||ads.example.org^",
                "@@||cdn.ads.example.org^")
            .policy());

    assertThat(fixture.ask("a.www.ads.example.org", RecordType.A).isWaiting()).isTrue();
    assertThat(fixture.ask("ads.example.org", RecordType.A).rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(fixture.ask("cdn.ads.example.org", RecordType.A).rcode())
        .as("an exception of a list does not count against a policy zone")
        .isEqualTo(Rcode.NXDOMAIN);
    fixture.use(
        LocalPolicies.blocking(
            ListAction.NXDOMAIN, "||ads.example.org^", "@@||cdn.ads.example.org^"));
    assertThat(fixture.ask("cdn.ads.example.org", RecordType.A).isWaiting()).isTrue();
  }

  @Test
  void reply_aliasToABlockedName_isBlockedAndStaysSoFromTheCache() {
    fixture.use(LocalPolicies.blocking(ListAction.NXDOMAIN, "tracker.example.net"));
    MessageBytes query = MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0);

    Asked first = fixture.ask(query);
    fixture.replyWith(
        "www.example.org. 300 CNAME a.tracker.example.net.",
        "a.tracker.example.net. 300 CNAME edge.example.com.",
        "edge.example.com. 300 A 192.0.2.1");

    assertThat(first.rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(first.answers()).isEmpty();
    assertThat(first.extendedErrors()).containsExactly(ExtendedError.BLOCKED);
    Asked second = fixture.ask(query);
    assertThat(second.isAnsweredAtOnce()).isTrue();
    assertThat(second.rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(second.extendedErrors()).containsExactly(ExtendedError.BLOCKED);
    assertThat(fixture.sent()).isOne();
    assertThat(fixture.count(Counter.BLOCKED_BY_ANSWER)).isOne();
    fixture.advanceSeconds(3600);
    fixture.takeDown();
    assertThat(fixture.ask(query).rcode()).as("never stale").isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void reply_aliasOfAnAllowedName_isPassedOn() {
    fixture.use(
        new LocalPolicies()
            .allowing("www.example.org")
            .withList(ListAction.NXDOMAIN, ListReason.BLOCKED, "tracker.example.net")
            .policy());

    Asked asked = fixture.ask("www.example.org", RecordType.A);
    fixture.replyWith(
        "www.example.org. 300 CNAME tracker.example.net.", "tracker.example.net. 300 A 192.0.2.1");

    assertThat(asked.answers()).hasSize(2);
  }

  @Test
  void reply_blockedAddress_isBlockedForEveryName() {
    fixture.use(new LocalPolicies().withRpz("24.0.2.0.192.rpz-ip CNAME .").policy());

    Asked bad = fixture.ask("www.example.org", RecordType.A);
    fixture.replyWith("www.example.org. 300 A 192.0.2.1");
    Asked good = fixture.ask("www.example.com", RecordType.A);
    fixture.replyWith("www.example.com. 300 A 198.51.100.1");

    assertThat(bad.rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(good.answers()).hasSize(1);
  }

  @Test
  void reply_blockedAddressInAHint_isBlockedToo() {
    fixture.use(
        new LocalPolicies()
            .withRpz("24.0.2.0.192.rpz-ip CNAME .", "128.1.zz.db8.2001.rpz-ip CNAME .")
            .policy());
    List<String> hints =
        List.of("ipv4hint=198.51.100.1,192.0.2.1", "ipv6hint=2001:db8::1", "ipv4hint=198.51.100.1");
    List<Integer> rcodes = new ArrayList<>();
    for (int i = 0; i < hints.size(); i++) {
      Asked asked = fixture.ask("h" + i + ".example.org", RecordType.HTTPS);
      fixture.replyWith("h" + i + ".example.org. 300 HTTPS 1 . " + hints.get(i));
      rcodes.add(asked.rcode());
    }

    assertThat(rcodes).containsExactly(Rcode.NXDOMAIN, Rcode.NXDOMAIN, Rcode.NOERROR);
  }

  @Test
  void reply_blockedAddress_canBeReplacedOrDroppedOrLeftToTcp() {
    fixture.use(
        new LocalPolicies()
            .withRpz(
                "32.1.2.0.192.rpz-ip 30 A 198.51.100.7",
                "32.2.2.0.192.rpz-ip CNAME rpz-drop.",
                "32.3.2.0.192.rpz-ip CNAME rpz-tcp-only.",
                "32.4.2.0.192.rpz-ip CNAME garden.example.")
            .policy());

    Asked replaced = fixture.ask("a.example.org", RecordType.A);
    fixture.replyWith("a.example.org. 300 A 192.0.2.1");
    Asked dropped = fixture.ask("b.example.org", RecordType.A);
    fixture.replyWith("b.example.org. 300 A 192.0.2.2");
    Asked truncated = fixture.ask("c.example.org", RecordType.A);
    Asked whole = fixture.askOverStream(MessageBytes.query("c.example.org", RecordType.A));
    fixture.replyWith("c.example.org. 300 A 192.0.2.3");
    Asked redirected = fixture.ask("d.example.org", RecordType.A);
    fixture.replyWith("d.example.org. 300 A 192.0.2.4");
    fixture.replyWith("garden.example. 60 A 203.0.113.7");

    assertThat(replaced.answers()).containsExactly("a.example.org. 30 A 198.51.100.7");
    assertThat(dropped.isWaiting()).isTrue();
    assertThat(truncated.flag(Flags.TC)).isTrue();
    assertThat(whole.answers()).containsExactly("c.example.org. 300 A 192.0.2.3");
    assertThat(redirected.answers())
        .containsExactly(
            "d.example.org. 60 CNAME garden.example.", "garden.example. 60 A 203.0.113.7");
    assertThat(fixture.resolvers().waiting()).isZero();
    assertThat(fixture.count(Counter.BLOCKED_DROPPED)).isOne();
    assertThat(fixture.count(Counter.BLOCKED_TRUNCATED)).isOne();
    assertThat(fixture.count(Counter.BLOCKED_REWRITTEN)).isOne();
  }

  @Test
  void ask_policyZone_doesWhatItSays() {
    fixture.use(
        new LocalPolicies()
            .withRpz(
                "drop.example CNAME rpz-drop.",
                "tcp.example CNAME rpz-tcp-only.",
                "*.safe.example CNAME *.garden.example.",
                "own.example 30 A 198.51.100.7")
            .policy());

    assertThat(fixture.ask("drop.example", RecordType.A).isDropped()).isTrue();
    assertThat(fixture.ask("tcp.example", RecordType.A).flag(Flags.TC)).isTrue();
    assertThat(fixture.askOverStream(MessageBytes.query("tcp.example", RecordType.A)).isWaiting())
        .isTrue();
    fixture.replyWith("tcp.example. 300 A 192.0.2.1");
    assertThat(fixture.ask("tcp.example", RecordType.A).flag(Flags.TC))
        .as("what was learnt over TCP does not go out over UDP")
        .isTrue();
    Asked own = fixture.ask(MessageBytes.query("own.example", RecordType.A).opt(1232, 0));
    assertThat(own.answers()).containsExactly("own.example. 30 A 198.51.100.7");
    assertThat(own.extendedErrors()).containsExactly(ExtendedError.BLOCKED);
    Asked safe = fixture.ask("www.safe.example", RecordType.A);
    fixture.replyWith("www.safe.example.garden.example. 60 A 203.0.113.7");
    assertThat(safe.answers())
        .containsExactly(
            "www.safe.example. 60 CNAME www.safe.example.garden.example.",
            "www.safe.example.garden.example. 60 A 203.0.113.7");
  }
}
