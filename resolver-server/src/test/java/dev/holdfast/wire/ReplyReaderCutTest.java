package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;

/** What does not belong to the question is cut, in every section. */
final class ReplyReaderCutTest {

  private static final String[] WWW = {"www.example.org. 300 A 192.0.2.1"};
  private static final String RRSIG_FIELDS =
      " 8 3 300 20300101000000 20290101000000 1 example.org. AAAA";
  private static final String SOA =
      "example.org. 300 SOA ns.example.org. admin.example.org. 1 7200 900 86400 300";

  private final Walk walk = Walk.everything();

  @Test
  @Attack(Threat.UNSOLICITED_RECORDS)
  void read_recordsForAVictimInTheAnswer_areCut() {
    assertAnswer(
        positive()
            .answer(
                "victim.example.net. 300 A 203.0.113.66",
                "example.net. 300 NS ns.evil.example.",
                "example.net. 300 DNAME evil.example.",
                "net. 300 DNAME evil.example.",
                "org. 300 NS ns.evil.example.",
                "www.example.org. 300 AAAA 2001:db8::66",
                "victim.example.net. 300 CNAME evil.example."));
  }

  @Test
  @Attack(Threat.UNSOLICITED_RECORDS)
  void read_dnameThatMadeNoAlias_isCut() {
    assertAnswer(
        positive().answer("example.org. 300 DNAME evil.example.", ". 300 DNAME evil.example."));
  }

  @Test
  void read_dnameAboveTheEndOfTheChain_isCut() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer(
                "www.example.org. 300 CNAME a.example.net.",
                "a.example.net. 300 A 192.0.2.1",
                "net. 300 DNAME evil.example.");

    assertThat(answers(reply))
        .containsExactly(
            "www.example.org. 300 CNAME a.example.net.", "a.example.net. 300 A 192.0.2.1");
  }

  @Test
  @Attack(Threat.UNSOLICITED_RECORDS)
  void read_recordsBesideTheChain_areCut() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer(
                "www.example.org. 300 CNAME a.example.net.",
                "www.example.org. 300 A 203.0.113.66",
                "a.example.net. 300 A 192.0.2.1",
                "b.example.net. 300 A 203.0.113.66");

    assertThat(answers(reply))
        .containsExactly(
            "www.example.org. 300 CNAME a.example.net.", "a.example.net. 300 A 192.0.2.1");
    assertThat(walk.reader().cutUnsolicited()).isTrue();
  }

  @Test
  @Attack(Threat.UNSOLICITED_RECORDS)
  void read_otherClass_isCut() {
    byte[] address = {(byte) 203, 0, 113, 66};
    MessageBytes reply =
        MessageBytes.response("www.example.org", RecordType.A)
            .answer(MessageBytes.QNAME, RecordType.A, 300, new byte[4])
            .record(
                Header.ANCOUNT_OFFSET,
                MessageBytes.QNAME,
                RecordType.A,
                RecordClass.CH,
                300,
                address)
            .record(
                Header.ANCOUNT_OFFSET,
                MessageBytes.QNAME,
                RecordType.CNAME,
                RecordClass.CH,
                300,
                MessageBytes.name("evil.example"));

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly("www.example.org. 300 A 0.0.0.0");
    assertThat(walk.reader().cutUnsolicited()).isTrue();
  }

  @Test
  void read_authorityOfAPositiveAnswer_keepsTheZonesOwnNameServersOnly() {
    DnsjavaReply reply =
        positive()
            .authority(
                "example.org. 300 NS ns.example.org.",
                "example.net. 300 NS ns.evil.example.",
                "sub.www.example.org. 300 NS ns.evil.example.",
                "example.org. 300 A 203.0.113.66",
                "victim.example.net. 300 A 203.0.113.66",
                SOA);

    assertThat(authority(reply)).containsExactly("example.org. 300 NS ns.example.org.");
  }

  @Test
  @Attack(Threat.UNSOLICITED_RECORDS)
  void read_additionalOfAPositiveAnswer_keepsAddressesOfItsServersOnly() {
    DnsjavaReply reply =
        positive()
            .authority("example.org. 300 NS ns.example.org.", "net. 300 NS ns.evil.example.")
            .additional(
                "ns.example.org. 300 A 192.0.2.53",
                "ns.example.org. 300 AAAA 2001:db8::53",
                "ns.example.org. 300 TXT text",
                "ns.evil.example. 300 A 203.0.113.66",
                "victim.example.net. 300 A 203.0.113.66");

    assertThat(additional(reply))
        .containsExactly(
            "ns.example.org. 300 A 192.0.2.53", "ns.example.org. 300 AAAA 2001:db8:0:0:0:0:0:53");
    assertThat(walk.reader().cutUnsolicited()).isTrue();
  }

  @Test
  void read_additionalOfMailAndServices_isKept() {
    DnsjavaReply reply =
        DnsjavaReply.to("example.org. MX")
            .answer("example.org. 300 MX 1 mail.example.net.")
            .additional("mail.example.net. 300 A 192.0.2.25", "www.example.net. 300 A 192.0.2.1");

    assertThat(additional(reply)).containsExactly("mail.example.net. 300 A 192.0.2.25");

    DnsjavaReply service =
        DnsjavaReply.to("_ldap._tcp.example.org. SRV")
            .answer("_ldap._tcp.example.org. 300 SRV 1 2 389 ldap.example.org.")
            .additional("ldap.example.org. 300 A 192.0.2.1");

    assertThat(additional(service)).containsExactly("ldap.example.org. 300 A 192.0.2.1");
  }

  @Test
  void read_additionalOfManyServers_isBounded() {
    DnsjavaReply reply = DnsjavaReply.to("example.org. NS");
    for (int i = 0; i < 40; i++) {
      reply.answer("example.org. 300 NS ns" + i + ".example.org.");
      reply.additional("ns" + i + ".example.org. 300 A 192.0.2." + i);
    }

    assertThat(additional(reply)).hasSize(32);
    assertThat(answers(reply)).hasSize(40);
  }

  @Test
  void read_crowdsOfOtherRecords_areLookedAtUpToABound() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer("www.example.org. 300 CNAME a.example.net.", "a.example.net. 300 A 192.0.2.1");
    for (int i = 0; i < 200; i++) {
      reply.answer("example.org. 300 DNAME n" + i + ".example.");
      reply.authority("example.net. 300 NS n" + i + ".example.");
      reply.additional("n0.example. 300 A 192.0.2." + i);
    }

    assertThat(answers(reply)).hasSize(2 + 64);
    assertThat(authority(reply)).hasSize(64);
    assertThat(additional(reply)).hasSize(64);
  }

  @Test
  void read_minimal_leavesServersOut() {
    DnsjavaReply reply =
        positive()
            .authority("example.org. 300 NS ns.example.org.")
            .additional("ns.example.org. 300 A 192.0.2.53");
    Walk minimal = Walk.minimal();

    assertThat(minimal.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    Message message = minimal.assembled(reply);
    assertThat(Walk.records(message, Section.ANSWER)).containsExactly(WWW);
    assertThat(Walk.records(message, Section.AUTHORITY)).isEmpty();
    assertThat(Walk.records(message, Section.ADDITIONAL)).isEmpty();
  }

  @Test
  @Attack(Threat.UNSOLICITED_RECORDS)
  void read_authorityOfANegativeAnswer_keepsTheSoaAboveTheName() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .rcode(Rcode.NXDOMAIN)
            .authority(
                SOA.replace("example.org. 300 SOA", "example.net. 1 SOA"),
                SOA,
                SOA.replace("example.org. 300 SOA", "sub.www.example.org. 1 SOA"),
                "example.org. 300 NS ns.example.org.")
            .additional("ns.example.org. 300 A 192.0.2.53");

    assertThat(authority(reply)).containsExactly(SOA);
    assertThat(additional(reply)).isEmpty();
    assertThat(walk.reader().cutUnsolicited()).isTrue();
  }

  @Test
  void read_signatures_areKeptForKeptRecords() {
    DnsjavaReply reply =
        positive()
            .answer(
                "www.example.org. 300 RRSIG A" + RRSIG_FIELDS,
                "victim.example.net. 300 RRSIG A" + RRSIG_FIELDS,
                "org. 300 RRSIG A" + RRSIG_FIELDS)
            .authority(
                "example.org. 300 NS ns.example.org.",
                "example.org. 300 RRSIG NS" + RRSIG_FIELDS,
                "example.org. 300 RRSIG SOA" + RRSIG_FIELDS,
                "example.net. 300 RRSIG NS" + RRSIG_FIELDS,
                "a.example.org. 300 NSEC b.example.org. A RRSIG NSEC",
                "a.example.org. 300 RRSIG NSEC" + RRSIG_FIELDS);

    assertThat(answers(reply)).hasSize(2);
    assertThat(authority(reply))
        .hasSize(4)
        .noneMatch(record -> record.contains("RRSIG SOA") || record.contains("example.net."));
  }

  @Test
  void read_signaturesOfADname_areKept() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer(
                "example.org. 300 DNAME example.net.",
                "example.org. 300 RRSIG DNAME" + RRSIG_FIELDS,
                "example.org. 300 RRSIG NS" + RRSIG_FIELDS,
                "www.example.org. 300 CNAME www.example.net.",
                "www.example.net. 300 A 192.0.2.1",
                "www.example.net. 300 RRSIG A" + RRSIG_FIELDS);

    assertThat(answers(reply)).hasSize(5).noneMatch(record -> record.contains("RRSIG NS"));
  }

  @Test
  void read_withoutDnssec_leavesSignaturesAndProofsOut() {
    Walk plain = Walk.withoutDnssec();
    DnsjavaReply reply =
        positive()
            .answer("www.example.org. 300 RRSIG A" + RRSIG_FIELDS)
            .authority(
                "a.example.org. 300 NSEC b.example.org. A RRSIG NSEC",
                "a.example.org. 300 RRSIG NSEC" + RRSIG_FIELDS);

    assertThat(plain.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    Message message = plain.assembled(reply);
    assertThat(Walk.records(message, Section.ANSWER)).containsExactly(WWW);
    assertThat(Walk.records(message, Section.AUTHORITY)).isEmpty();
  }

  @Test
  void cutUnsolicited_whatManyAnswersComeWith_isNotMeant() {
    List<DnsjavaReply> replies =
        List.of(
            withServers(positive()),
            withServers(DnsjavaReply.to("www.example.org. A").authority(SOA)),
            withServers(DnsjavaReply.to("www.example.org. A").rcode(Rcode.NXDOMAIN).authority(SOA)),
            positive()
                .answer("www.example.org. 300 RRSIG A" + RRSIG_FIELDS)
                .authority(
                    "a.example.org. 300 NSEC b.example.org. A RRSIG NSEC",
                    "a.example.org. 300 RRSIG NSEC" + RRSIG_FIELDS),
            DnsjavaReply.to("www.example.org. A")
                .answer(
                    "www.example.org. 300 CNAME a.example.net.", "a.example.net. 300 A 192.0.2.1")
                .authority("example.net. 300 NS ns.example.net.")
                .additional("ns.example.net. 300 A 192.0.2.53"),
            DnsjavaReply.to("example.org. MX")
                .answer("example.org. 300 MX 1 mail.example.net.")
                .additional("mail.example.net. 300 A 192.0.2.25"),
            DnsjavaReply.to("example.org. HTTPS")
                .answer("example.org. 300 HTTPS 1 . alpn=h2")
                .additional("example.org. 300 A 192.0.2.1"));
    for (Walk each : List.of(walk, Walk.minimal(), Walk.withoutDnssec())) {
      for (DnsjavaReply reply : replies) {
        each.read(reply);

        assertThat(each.reader().cutUnsolicited()).isFalse();
      }
    }
  }

  private static DnsjavaReply withServers(DnsjavaReply reply) {
    return reply
        .authority("example.org. 300 NS ns.example.org.", "example.org. 300 NS ns.example.net.")
        .additional("ns.example.org. 300 A 192.0.2.53", "ns.example.net. 300 AAAA 2001:db8::53");
  }

  @Test
  void read_withoutDnssecButAskedForASignature_keepsIt() {
    Walk plain = Walk.withoutDnssec();
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. RRSIG")
            .answer("www.example.org. 300 RRSIG A" + RRSIG_FIELDS);

    assertThat(plain.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(plain.reader().answer().answerCount()).isEqualTo(1);
  }

  private static DnsjavaReply positive() {
    return DnsjavaReply.to("www.example.org. A").answer(WWW);
  }

  private void assertAnswer(DnsjavaReply reply) {
    assertThat(answers(reply)).containsExactly(WWW);
    assertThat(walk.reader().cutUnsolicited()).isTrue();
  }

  private List<String> answers(DnsjavaReply reply) {
    walk.read(reply);
    return Walk.records(walk.assembled(reply), Section.ANSWER);
  }

  private List<String> authority(DnsjavaReply reply) {
    walk.read(reply);
    return Walk.records(walk.assembled(reply), Section.AUTHORITY);
  }

  private List<String> additional(DnsjavaReply reply) {
    walk.read(reply);
    return Walk.records(walk.assembled(reply), Section.ADDITIONAL);
  }
}
