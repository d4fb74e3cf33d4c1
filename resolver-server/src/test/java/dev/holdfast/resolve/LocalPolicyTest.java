package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.lists.ListAction;
import dev.holdfast.lists.ListReason;
import dev.holdfast.lists.LocalPolicies;
import dev.holdfast.metrics.Counter;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;

/** What the operator's records and lists make of questions, and of answers to them. */
class LocalPolicyTest {

  private final ResolverFixture fixture = ResolverFixture.start();

  private void use(LocalPolicy policy) {
    fixture.use(policy);
  }

  @Test
  void ask_localRecord_isAnsweredWithoutAnUpstream() {
    use(LocalPolicies.records("printer.home.example 300 IN A 192.0.2.7"));

    Asked asked = fixture.ask("PRINTER.home.example", RecordType.A);

    assertThat(asked.isAnsweredAtOnce()).isTrue();
    assertThat(asked.answers()).containsExactly("PRINTER.home.example. 300 A 192.0.2.7");
    assertThat(fixture.count(Counter.ANSWERS_LOCAL)).isOne();
    assertThat(fixture.sent()).isZero();
    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  @Test
  void ask_otherTypeOfALocalName_thereIsNoneAndStubsMayRememberIt() {
    use(LocalPolicies.records("printer.home.example 300 IN A 192.0.2.7"));

    Asked asked = fixture.ask("printer.home.example", RecordType.AAAA);

    assertThat(asked.rcode()).isEqualTo(Rcode.NOERROR);
    assertThat(asked.answers()).isEmpty();
    assertThat(asked.authority())
        .containsExactly(
            "printer.home.example. 60 SOA localhost. nobody.invalid. 1 3600 1200 604800 60");
  }

  @Test
  void ask_namesAroundALocalOne_areAskedFor() {
    use(LocalPolicies.records("printer.home.example 300 IN A 192.0.2.7"));

    assertThat(fixture.ask("home.example", RecordType.A).isWaiting()).isTrue();
    assertThat(fixture.ask("a.printer.home.example", RecordType.A).isWaiting()).isTrue();
    assertThat(fixture.ask("xprinter.home.example", RecordType.A).isWaiting()).isTrue();
  }

  @Test
  void ask_belowALocalWildcard_isAnswered() {
    use(
        LocalPolicies.records(
            "*.home.example 300 IN A 192.0.2.7", "nas.home.example 300 IN A 192.0.2.8"));

    assertThat(fixture.ask("a.b.home.example", RecordType.A).answers())
        .containsExactly("a.b.home.example. 300 A 192.0.2.7");
    assertThat(fixture.ask("nas.home.example", RecordType.A).answers())
        .containsExactly("nas.home.example. 300 A 192.0.2.8");
    assertThat(fixture.ask("home.example", RecordType.A).isWaiting()).isTrue();
  }

  @Test
  void ask_aliasToALocalName_getsBothRecords() {
    use(
        LocalPolicies.records(
            "www.home.example 300 CNAME Web.home.example.", "web.home.example 30 A 192.0.2.7"));

    assertThat(fixture.ask("www.home.example", RecordType.A).answers())
        .containsExactly(
            "www.home.example. 30 CNAME Web.home.example.", "Web.home.example. 30 A 192.0.2.7");
    assertThat(fixture.ask("www.home.example", RecordType.CNAME).answers())
        .containsExactly("www.home.example. 300 CNAME Web.home.example.");
  }

  @Test
  void ask_aliasToAPublicName_isLookedUpOnceAndThenFromTheCache() {
    use(LocalPolicies.records("www.home.example 300 CNAME www.example.org."));

    Asked first = fixture.ask(MessageBytes.query("WWW.home.example", RecordType.A).id(0x1234));
    assertThat(fixture.onlyPending().message().getQuestion().getName())
        .hasToString("www.example.org.");
    fixture.replyWith(
        "www.example.org. 100 CNAME edge.example.net.", "edge.example.net. 200 A 192.0.2.1");

    assertThat(first.response().getHeader().getID()).isEqualTo(0x1234);
    assertThat(first.answers())
        .containsExactly(
            "WWW.home.example. 100 CNAME www.example.org.",
            "www.example.org. 100 CNAME edge.example.net.",
            "edge.example.net. 200 A 192.0.2.1");
    fixture.advanceSeconds(10);
    Asked second = fixture.ask("www.home.example", RecordType.A);
    assertThat(second.isAnsweredAtOnce()).isTrue();
    assertThat(second.answers())
        .containsExactly(
            "www.home.example. 90 CNAME www.example.org.",
            "www.example.org. 90 CNAME edge.example.net.",
            "edge.example.net. 190 A 192.0.2.1");
    assertThat(fixture.ask("www.example.org", RecordType.A).answers())
        .containsExactly(
            "www.example.org. 90 CNAME edge.example.net.", "edge.example.net. 190 A 192.0.2.1");
    assertThat(fixture.sent()).isOne();
  }

  @Test
  void ask_aliasToAPublicNameNearItsEnd_refreshesThatName() {
    use(LocalPolicies.records("www.home.example 300 CNAME www.example.org."));
    fixture.learn("www.example.org. 100 A 192.0.2.1");
    fixture.advanceSeconds(99);

    assertThat(fixture.ask("www.home.example", RecordType.A).isAnsweredAtOnce()).isTrue();

    assertThat(fixture.onlyPending().message().getQuestion().getName())
        .hasToString("www.example.org.");
    assertThat(fixture.count(Counter.PREFETCHES)).isOne();
    fixture.replyWith("www.example.org. 100 A 192.0.2.1");
    assertThat(fixture.ask("www.example.org", RecordType.A).answers())
        .containsExactly("www.example.org. 100 A 192.0.2.1");
  }

  @Test
  void ask_aliasWhoseTargetIsStale_isAnsweredStale() {
    use(LocalPolicies.records("www.home.example 300 CNAME www.example.org."));
    fixture.learn("www.example.org. 100 A 192.0.2.1");
    fixture.advanceSeconds(200);
    fixture.takeDown();

    Asked asked = fixture.ask(MessageBytes.query("www.home.example", RecordType.A).opt(1232, 0));

    assertThat(asked.answers())
        .containsExactly(
            "www.home.example. 30 CNAME www.example.org.", "www.example.org. 30 A 192.0.2.1");
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
  }

  @Test
  void ask_aliasWhoseTargetFails_isToldSo() {
    use(LocalPolicies.records("www.home.example 300 CNAME www.example.org."));
    fixture.takeDown();

    assertThat(fixture.ask("www.home.example", RecordType.A).rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void ask_aliasWhoseTargetDoesNotExist_saysSo() {
    use(LocalPolicies.records("www.home.example 300 CNAME none.example.org."));

    Asked asked = fixture.ask("www.home.example", RecordType.A);
    fixture.deliver(
        fixture
            .reply()
            .rcode(Rcode.NXDOMAIN)
            .authority(
                "example.org. 3600 SOA ns.example.org. admin.example.org. 1 7200 900 86400 300"));

    assertThat(asked.rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(asked.answers()).containsExactly("www.home.example. 300 CNAME none.example.org.");
    assertThat(asked.authority()).hasSize(1);
  }

  @Test
  void ask_aliasInACircle_failsAtOnce() {
    use(
        LocalPolicies.records(
            "a.home.example 300 CNAME b.home.example.",
            "b.home.example 300 CNAME a.home.example."));

    Asked asked = fixture.ask("a.home.example", RecordType.A);

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.sent()).isZero();
  }

  @Test
  void ask_aliasToALocalhostName_neverLeavesTheServer() {
    use(LocalPolicies.records("me.home.example 300 CNAME localhost."));

    assertThat(fixture.ask("me.home.example", RecordType.A).answers())
        .containsExactly("me.home.example. 300 CNAME localhost.", "localhost. 10800 A 127.0.0.1");
    assertThat(fixture.sent()).isZero();
  }

  @Test
  void ask_specialNameWithALocalRecord_getsTheRecord() {
    use(LocalPolicies.records("7.1.168.192.in-addr.arpa 300 PTR printer.home.arpa."));

    assertThat(fixture.ask("7.1.168.192.in-addr.arpa", RecordType.PTR).answers())
        .containsExactly("7.1.168.192.in-addr.arpa. 300 PTR printer.home.arpa.");
    assertThat(fixture.ask("8.1.168.192.in-addr.arpa", RecordType.PTR).rcode())
        .isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void setLocalPolicy_knownNameGetsARecord_isServedFromThenOn() {
    fixture.learn("www.example.org. 300 A 192.0.2.1");

    use(LocalPolicies.records("www.example.org 300 A 192.0.2.7"));

    assertThat(fixture.ask("www.example.org", RecordType.A).answers())
        .containsExactly("www.example.org. 300 A 192.0.2.7");
  }

  @Test
  void setLocalPolicy_whileTheQuestionIsInFlight_theReplyIsNotKept() {
    Asked asked = fixture.ask("www.example.org", RecordType.A);
    use(LocalPolicies.records("www.example.org 300 A 192.0.2.7"));
    fixture.replyWith("www.example.org. 300 A 192.0.2.1");

    assertThat(asked.answers()).containsExactly("www.example.org. 300 A 192.0.2.7");
    assertThat(fixture.ask("www.example.org", RecordType.A).answers())
        .containsExactly("www.example.org. 300 A 192.0.2.7");
    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  @Test
  void setLocalPolicy_ruleGoes_theNameIsAskedForAgain() {
    use(LocalPolicies.records("www.example.org 300 A 192.0.2.7"));
    fixture.ask("www.example.org", RecordType.A);
    use(LocalPolicy.NONE);

    assertThat(fixture.ask("www.example.org", RecordType.A).isWaiting()).isTrue();
    assertThat(List.of(fixture.onlyPending())).hasSize(1);
  }

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
    use(LocalPolicies.blocking(action, "ads.example.org"));
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
    use(LocalPolicies.blocking(ListAction.NULL_ADDRESS, "ads.example.org"));

    assertThat(fixture.ask("ads.example.org", RecordType.A).answers())
        .containsExactly("ads.example.org. 60 A 0.0.0.0");
    assertThat(fixture.ask("ads.example.org", RecordType.AAAA).answers())
        .containsExactly("ads.example.org. 60 AAAA 0:0:0:0:0:0:0:0");
    assertThat(fixture.count(Counter.BLOCKED_NULL_ADDRESS)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"BLOCKED, 15", "CENSORED, 16", "FILTERED, 17"})
  void ask_blockedName_saysWhy(ListReason reason, int infoCode) {
    use(new LocalPolicies().withList(ListAction.NXDOMAIN, reason, "ads.example.org").policy());

    Asked asked = fixture.ask(MessageBytes.query("ads.example.org", RecordType.A).opt(1232, 0));

    assertThat(asked.extendedErrors()).containsExactly(infoCode);
  }

  @Test
  void ask_allowedName_isNeverBlocked() {
    use(
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
    use(
        new LocalPolicies()
            .withList(
                ListAction.NXDOMAIN,
                ListReason.BLOCKED,
                "||ads.example.org^",
                "@@||cdn.ads.example.org^")
            .policy());
    assertThat(fixture.ask("cdn.ads.example.org", RecordType.A).isWaiting()).isTrue();
  }

  @Test
  void reply_aliasToABlockedName_isBlockedAndStaysSoFromTheCache() {
    use(LocalPolicies.blocking(ListAction.NXDOMAIN, "tracker.example.net"));
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
    use(
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
    use(new LocalPolicies().withRpz("24.0.2.0.192.rpz-ip CNAME .").policy());

    Asked bad = fixture.ask("www.example.org", RecordType.A);
    fixture.replyWith("www.example.org. 300 A 192.0.2.1");
    Asked good = fixture.ask("www.example.com", RecordType.A);
    fixture.replyWith("www.example.com. 300 A 198.51.100.1");

    assertThat(bad.rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(good.answers()).hasSize(1);
  }

  @Test
  void reply_blockedAddressInAHint_isBlockedToo() {
    use(
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
    use(
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
    use(
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

  @Test
  void setLocalPolicy_newBlocks_whatIsKnownIsNotServedAnyMore() {
    fixture.learn("ads.example.org. 300 A 192.0.2.1");
    fixture.learn("www.example.org. 300 A 192.0.2.2");
    fixture.ask("cloaked.example.org", RecordType.A);
    fixture.replyWith(
        "cloaked.example.org. 300 CNAME ads.example.org.", "ads.example.org. 300 A 192.0.2.1");
    fixture.learn("kept.example.org. 300 A 192.0.2.3");

    use(
        new LocalPolicies()
            .withRpz("32.2.2.0.192.rpz-ip CNAME .")
            .withList(ListAction.NXDOMAIN, ListReason.BLOCKED, "ads.example.org")
            .policy());

    assertThat(fixture.resolvers().cache().size()).isOne();
    assertThat(fixture.ask("ads.example.org", RecordType.A).rcode()).isEqualTo(Rcode.NXDOMAIN);
    fixture.takeDown();
    assertThat(fixture.ask("www.example.org", RecordType.A).rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.ask("cloaked.example.org", RecordType.A).rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.ask("kept.example.org", RecordType.A).answers()).hasSize(1);
  }

  @Test
  void setLocalPolicy_blockGoes_whatItMadeOfRepliesGoesToo() {
    use(LocalPolicies.blocking(ListAction.NXDOMAIN, "tracker.example.net"));
    fixture.ask("www.example.org", RecordType.A);
    fixture.replyWith(
        "www.example.org. 300 CNAME tracker.example.net.", "tracker.example.net. 300 A 192.0.2.1");

    use(LocalPolicy.NONE);

    assertThat(fixture.ask("www.example.org", RecordType.A).isWaiting()).isTrue();
  }

  @Test
  void setLocalPolicy_whileAPrefetchIsUnderWay_itsReplyIsNotKept() {
    fixture.learn("ads.example.org. 100 A 192.0.2.1");
    fixture.advanceSeconds(95);
    fixture.ask("ads.example.org", RecordType.A);
    use(LocalPolicies.blocking(ListAction.REFUSED, "ads.example.org"));
    fixture.replyWith("ads.example.org. 100 A 192.0.2.1");

    assertThat(fixture.resolvers().cache().size()).isZero();
    assertThat(fixture.ask("ads.example.org", RecordType.A).rcode()).isEqualTo(Rcode.REFUSED);
  }

  @Test
  void setLocalPolicy_blockedForAWhile_keepsTheHistory() {
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    CacheKey key = CacheKey.of(0, Names.parse("www.example.org"), RecordType.A, false, false);
    use(LocalPolicies.blocking(ListAction.NXDOMAIN, "example.org"));
    use(LocalPolicy.NONE);

    assertThat(fixture.resolvers().holds().histories().find(key)).isNotNull();
  }
}
