package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.lists.LocalPolicies;
import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import org.junit.jupiter.api.Test;

/** What the operator's records make of questions. */
class LocalRecordsTest {

  private final ResolverFixture fixture = ResolverFixture.start();

  @Test
  void ask_localRecord_isAnsweredWithoutAnUpstream() {
    fixture.use(LocalPolicies.records("printer.home.example 300 IN A 192.0.2.7"));

    Asked asked = fixture.ask("PRINTER.home.example", RecordType.A);

    assertThat(asked.isAnsweredAtOnce()).isTrue();
    assertThat(asked.answers()).containsExactly("PRINTER.home.example. 300 A 192.0.2.7");
    assertThat(fixture.count(Counter.ANSWERS_LOCAL)).isOne();
    assertThat(fixture.sent()).isZero();
    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  @Test
  void ask_otherTypeOfALocalName_thereIsNoneAndStubsMayRememberIt() {
    fixture.use(LocalPolicies.records("printer.home.example 300 IN A 192.0.2.7"));

    Asked asked = fixture.ask("printer.home.example", RecordType.AAAA);

    assertThat(asked.rcode()).isEqualTo(Rcode.NOERROR);
    assertThat(asked.answers()).isEmpty();
    assertThat(asked.authority())
        .containsExactly(
            "printer.home.example. 60 SOA localhost. nobody.invalid. 1 3600 1200 604800 60");
  }

  @Test
  void ask_namesAroundALocalOne_areAskedFor() {
    fixture.use(LocalPolicies.records("printer.home.example 300 IN A 192.0.2.7"));

    assertThat(fixture.ask("home.example", RecordType.A).isWaiting()).isTrue();
    assertThat(fixture.ask("a.printer.home.example", RecordType.A).isWaiting()).isTrue();
    assertThat(fixture.ask("xprinter.home.example", RecordType.A).isWaiting()).isTrue();
  }

  @Test
  void ask_belowALocalWildcard_isAnswered() {
    fixture.use(
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
    fixture.use(
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
    fixture.use(LocalPolicies.records("www.home.example 300 CNAME www.example.org."));

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
    fixture.use(LocalPolicies.records("www.home.example 300 CNAME www.example.org."));
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
    fixture.use(LocalPolicies.records("www.home.example 300 CNAME www.example.org."));
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
    fixture.use(LocalPolicies.records("www.home.example 300 CNAME www.example.org."));
    fixture.takeDown();

    assertThat(fixture.ask("www.home.example", RecordType.A).rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void ask_aliasWhoseTargetDoesNotExist_saysSo() {
    fixture.use(LocalPolicies.records("www.home.example 300 CNAME none.example.org."));

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
    fixture.use(
        LocalPolicies.records(
            "a.home.example 300 CNAME b.home.example.",
            "b.home.example 300 CNAME a.home.example."));

    Asked asked = fixture.ask("a.home.example", RecordType.A);

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.sent()).isZero();
  }

  @Test
  void ask_aliasToALocalhostName_neverLeavesTheServer() {
    fixture.use(LocalPolicies.records("me.home.example 300 CNAME localhost."));

    assertThat(fixture.ask("me.home.example", RecordType.A).answers())
        .containsExactly("me.home.example. 300 CNAME localhost.", "localhost. 10800 A 127.0.0.1");
    assertThat(fixture.sent()).isZero();
  }

  @Test
  void ask_specialNameWithALocalRecord_getsTheRecord() {
    fixture.use(LocalPolicies.records("7.1.168.192.in-addr.arpa 300 PTR printer.home.arpa."));

    assertThat(fixture.ask("7.1.168.192.in-addr.arpa", RecordType.PTR).answers())
        .containsExactly("7.1.168.192.in-addr.arpa. 300 PTR printer.home.arpa.");
    assertThat(fixture.ask("8.1.168.192.in-addr.arpa", RecordType.PTR).rcode())
        .isEqualTo(Rcode.NXDOMAIN);
  }
}
