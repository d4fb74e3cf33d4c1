package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/** From a miss to a hit, and what a hit looks like. */
final class CacheHitTest {

  private static final String WWW = "www.example.org. 300 A 192.0.2.1";
  private static final String SOA =
      "example.org. 3600 SOA ns.example.org. admin.example.org. 1 7200 900 86400 300";

  private final ResolverFixture fixture = ResolverFixture.start();

  @Test
  void resolve_miss_asksTheUpstreamAndAnswersLater() {
    Asked asked = fixture.ask("www.example.org", RecordType.A);
    assertThat(asked.isWaiting()).isTrue();

    fixture.replyWith(WWW);

    assertThat(asked.answers()).containsExactly(WWW);
    assertThat(fixture.count(Counter.ANSWERS_UPSTREAM)).isEqualTo(1);
    assertThat(fixture.count(Counter.UPSTREAM_QUERIES)).isEqualTo(1);
    assertThat(fixture.resolvers().cache().size()).isEqualTo(1);
  }

  @Test
  void resolve_miss_sendsAWellFormedRecursiveQuery() {
    fixture.ask(MessageBytes.query("WWW.Example.org", RecordType.AAAA).id(0xbeef).flags(Header.RD));

    Message query = fixture.onlyPending().message();

    assertThat(query.getQuestion().getName()).hasToString("www.example.org.");
    assertThat(query.getQuestion().getType()).isEqualTo(RecordType.AAAA);
    assertThat(query.getHeader().getFlag(Flags.RD)).isTrue();
    assertThat(query.getHeader().getFlag(Flags.AD)).isTrue();
    assertThat(query.getHeader().getFlag(Flags.CD)).isFalse();
    assertThat(query.getOPT().getPayloadSize()).isEqualTo(1232);
    assertThat(query.getOPT().getFlags()).isZero();
    assertThat(query.getOPT().getOptions()).isEmpty();
  }

  @Test
  void resolve_dnssecOkAndCheckingDisabled_arePassedOn() {
    fixture.ask(
        MessageBytes.query("www.example.org", RecordType.A)
            .withFlags(Header.CD)
            .opt(4096, Edns.DO, MessageBytes.option(10, new byte[8])));

    Message query = fixture.onlyPending().message();

    assertThat(query.getHeader().getFlag(Flags.CD)).isTrue();
    assertThat(query.getOPT().getFlags()).isEqualTo(Edns.DO);
    assertThat(query.getOPT().getOptions()).isEmpty();
  }

  @Test
  void resolve_hit_isAnsweredAtOnceWithoutTheUpstream() {
    fixture.learn(WWW);

    Asked asked = fixture.ask("www.example.org", RecordType.A);

    assertThat(asked.isAnsweredAtOnce()).isTrue();
    assertThat(asked.answers()).containsExactly(WWW);
    assertThat(fixture.sent()).isEqualTo(1);
    assertThat(fixture.count(Counter.ANSWERS_FRESH)).isEqualTo(1);
  }

  @Test
  void resolve_hit_ttlsCountDown() {
    fixture.learn(WWW);

    fixture.advanceMillis(1_999);
    assertThat(fixture.ask("www.example.org", RecordType.A).answers())
        .containsExactly("www.example.org. 299 A 192.0.2.1");
    fixture.advanceSeconds(200);
    assertThat(fixture.ask("www.example.org", RecordType.A).answers())
        .containsExactly("www.example.org. 99 A 192.0.2.1");
  }

  @Test
  void resolve_afterTheTtl_isAskedAgain() {
    fixture.learn(WWW);
    fixture.advanceSeconds(300);

    Asked asked = fixture.ask("www.example.org", RecordType.A);
    assertThat(asked.isWaiting()).isTrue();
    fixture.replyWith("www.example.org. 300 A 192.0.2.2");

    assertThat(asked.answers()).containsExactly("www.example.org. 300 A 192.0.2.2");
    assertThat(fixture.sent()).isEqualTo(2);
  }

  @Test
  void resolve_hit_idCaseAndFlagsAreTheClientsOwn() {
    fixture.learn(WWW);

    Asked asked =
        fixture.ask(MessageBytes.query("wWw.EXAMPLE.orG", RecordType.A).id(0xabcd).opt(512, 0));

    assertThat(asked.isAnsweredAtOnce()).isTrue();
    assertThat(asked.response().getHeader().getID()).isEqualTo(0xabcd);
    assertThat(Names.toText(asked.bytes(), Header.LENGTH)).isEqualTo("wWw.EXAMPLE.orG.");
    assertThat(asked.answers()).containsExactly("wWw.EXAMPLE.orG. 300 A 192.0.2.1");
    assertThat(asked.response().getOPT()).isNotNull();
    assertThat(fixture.ask("www.example.org", RecordType.A).response().getOPT()).isNull();
  }

  @Test
  void resolve_miss_idCaseAndEdnsAreTheClientsOwn() {
    Asked asked =
        fixture.ask(MessageBytes.query("wWw.EXAMPLE.orG", RecordType.A).id(0xabcd).opt(512, 0));
    fixture.replyWith(WWW);

    assertThat(asked.response().getHeader().getID()).isEqualTo(0xabcd);
    assertThat(Names.toText(asked.bytes(), Header.LENGTH)).isEqualTo("wWw.EXAMPLE.orG.");
    assertThat(asked.response().getOPT()).isNotNull();
  }

  @Test
  void resolve_dnssecOkAndCheckingDisabled_areCachedApart() {
    MessageBytes plain = MessageBytes.query("www.example.org", RecordType.A);
    MessageBytes cd = MessageBytes.query("www.example.org", RecordType.A).withFlags(Header.CD);
    MessageBytes dnssecOk = MessageBytes.query("www.example.org", RecordType.A).opt(512, Edns.DO);
    fixture.ask(plain);
    fixture.replyWith(WWW);

    assertThat(fixture.ask(cd).isWaiting()).isTrue();
    fixture.replyWith("www.example.org. 300 A 192.0.2.2");
    assertThat(fixture.ask(dnssecOk).isWaiting()).isTrue();
    fixture.replyWith("www.example.org. 300 A 192.0.2.3");

    assertThat(fixture.ask(plain).answers()).containsExactly(WWW);
    assertThat(fixture.ask(cd).answers()).containsExactly("www.example.org. 300 A 192.0.2.2");
    assertThat(fixture.ask(dnssecOk).answers()).containsExactly("www.example.org. 300 A 192.0.2.3");
  }

  @Test
  void resolve_authenticData_isToldToWhoAsks() {
    MessageBytes plain = MessageBytes.query("www.example.org", RecordType.A);
    MessageBytes ad = MessageBytes.query("www.example.org", RecordType.A).withFlags(Header.AD);
    Asked first = fixture.ask(ad);
    fixture.deliver(fixture.reply().flag(Flags.AD).answer(WWW));

    assertThat(first.flag(Flags.AD)).isTrue();
    assertThat(fixture.ask(ad).flag(Flags.AD)).isTrue();
    assertThat(fixture.ask(plain).flag(Flags.AD)).isFalse();
  }

  @Test
  void resolve_nxdomain_isKeptForItsNegativeTtl() {
    Asked asked = fixture.ask("nowhere.example.org", RecordType.A);
    fixture.deliver(fixture.reply().rcode(Rcode.NXDOMAIN).authority(SOA));
    assertThat(asked.rcode()).isEqualTo(Rcode.NXDOMAIN);

    fixture.advanceSeconds(100);
    Asked hit = fixture.ask("nowhere.example.org", RecordType.A);

    assertThat(hit.isAnsweredAtOnce()).isTrue();
    assertThat(hit.rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(hit.authority()).containsExactly(SOA.replace("3600 SOA", "200 SOA"));
    fixture.advanceSeconds(200);
    assertThat(fixture.ask("nowhere.example.org", RecordType.A).isWaiting()).isTrue();
  }

  @Test
  void resolve_nodata_isKeptForThatTypeOnly() {
    fixture.ask("www.example.org", RecordType.AAAA);
    fixture.deliver(fixture.reply().authority(SOA));

    Asked hit = fixture.ask("www.example.org", RecordType.AAAA);

    assertThat(hit.isAnsweredAtOnce()).isTrue();
    assertThat(hit.rcode()).isEqualTo(Rcode.NOERROR);
    assertThat(hit.answers()).isEmpty();
    assertThat(fixture.ask("www.example.org", RecordType.A).isWaiting()).isTrue();
  }

  @Test
  @Attack(Threat.HUGE_ANSWERS)
  void resolve_answerBeyondTheLimits_isPassedOnButNotKept() {
    String[] records = new String[LimitsConfig.DEFAULTS.cachedRecords() + 1];
    for (int i = 0; i < records.length; i++) {
      records[i] = "www.example.org. 300 A 10.0." + i / 256 + "." + i % 256;
    }
    String[] bytes = new String[80];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = "www.example.org. 300 TXT " + "x".repeat(200) + " " + i;
    }
    assertThat(passOn(RecordType.A, records)).hasSize(records.length);
    assertThat(passOn(RecordType.TXT, bytes)).hasSize(bytes.length);

    assertThat(fixture.count(Counter.LIMIT_CACHED_ANSWER)).isEqualTo(2);
    assertThat(fixture.count(Counter.ANSWERS_NOT_CACHED)).isEqualTo(2);
    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  private List<String> passOn(int type, String... records) {
    Asked asked = fixture.askOverStream(MessageBytes.query("www.example.org", type));
    fixture.replyWith(records);
    return asked.answers();
  }

  @Test
  void resolve_negativeWithoutSoa_isPassedOnButNotKept() {
    for (int rcode : new int[] {Rcode.NOERROR, Rcode.NXDOMAIN}) {
      Asked asked = fixture.ask("www.example.org", RecordType.A);
      assertThat(asked.isWaiting()).isTrue();
      fixture.deliver(fixture.reply().rcode(rcode));
      assertThat(asked.rcode()).isEqualTo(rcode);
    }
    assertThat(fixture.count(Counter.ANSWERS_NOT_CACHED)).isEqualTo(2);
    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  @Test
  void resolve_ttlZero_isPassedOnButNotKept() {
    for (int i = 1; i <= 3; i++) {
      Asked asked = fixture.ask("www.example.org", RecordType.A);
      fixture.replyWith("www.example.org. 0 A 192.0.2." + i);
      assertThat(asked.answers()).containsExactly("www.example.org. 0 A 192.0.2." + i);
    }
    assertThat(fixture.sent()).isEqualTo(3);
  }

  @Test
  void resolve_ttlZeroAfterALongOne_replacesIt() {
    fixture.learn(WWW);
    fixture.advanceSeconds(301);
    fixture.ask("www.example.org", RecordType.A);
    fixture.replyWith("www.example.org. 0 A 192.0.2.2");

    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  @Attack(Threat.HUGE_ANSWERS)
  @Test
  void resolve_largeAnswer_isPassedOnWholeButNotKept() {
    MessageBytes query = MessageBytes.query("big.example.org", RecordType.TXT).opt(1232, 0);
    String text = "big.example.org. 300 TXT " + "\"" + "x".repeat(250) + "\" ";
    String[] records = new String[70];
    for (int i = 0; i < records.length; i++) {
      records[i] = text + i;
    }
    for (int round = 1; round <= 2; round++) {
      Asked udp = fixture.ask(query);
      Asked tcp = fixture.askOverStream(query);
      fixture.replyWith(records);

      assertThat(udp.flag(Flags.TC)).isTrue();
      assertThat(udp.answers()).isEmpty();
      assertThat(tcp.flag(Flags.TC)).isFalse();
      assertThat(tcp.answers()).hasSize(records.length);
      assertThat(fixture.sent()).isEqualTo(round);
      assertThat(fixture.count(Counter.ANSWERS_NOT_CACHED)).isEqualTo(round);
    }
    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  @Attack(Threat.HUGE_ANSWERS)
  @Test
  void resolve_fiftySignatures_arePassedOnButNotKept() {
    String[] records = new String[51];
    records[0] = "www.example.org. 300 A 192.0.2.1";
    for (int i = 1; i < records.length; i++) {
      records[i] =
          "www.example.org. 300 RRSIG A 8 3 300 20351231000000 20250101000000 %d example.org. %s"
              .formatted(i, "A".repeat(512));
    }
    Asked asked =
        fixture.askOverStream(
            MessageBytes.query("www.example.org", RecordType.A).opt(1232, Edns.DO));
    fixture.replyWith(records);

    assertThat(asked.answers()).hasSize(51);
    assertThat(fixture.resolvers().cache().size()).isZero();
    assertThat(fixture.count(Counter.ANSWERS_NOT_CACHED)).isEqualTo(1);
  }

  @Attack(Threat.HUGE_ANSWERS)
  @Test
  void resolve_manyRecords_arePassedOnButNotKept() {
    String[] records = new String[257];
    for (int i = 0; i < records.length; i++) {
      records[i] = "many.example.org. 300 A 192.0." + i / 256 + "." + i % 256;
    }
    Asked asked = fixture.askOverStream(MessageBytes.query("many.example.org", RecordType.A));
    fixture.replyWith(records);

    assertThat(asked.answers()).hasSize(257);
    assertThat(fixture.count(Counter.ANSWERS_NOT_CACHED)).isEqualTo(1);
    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  @Test
  void resolve_hitTooBigForUdp_isTruncatedThereAndWholeOverAStream() {
    String[] records = new String[40];
    for (int i = 0; i < records.length; i++) {
      records[i] = "many.example.org. 300 A 192.0.2." + i;
    }
    fixture.ask("many.example.org", RecordType.A);
    fixture.replyWith(records);
    MessageBytes query = MessageBytes.query("many.example.org", RecordType.A);

    assertThat(fixture.ask(query).flag(Flags.TC)).isTrue();
    assertThat(fixture.askOverStream(query).answers()).hasSize(40);
    assertThat(fixture.ask(query.opt(1232, 0)).answers()).hasSize(40);
    assertThat(fixture.sent()).isEqualTo(1);
  }
}
