package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;

/** What a reply amounts to. */
final class ReplyReaderTest {

  private static final String SOA =
      "example.org. 3600 SOA ns.example.org. admin.example.org. 1 7200 900 86400 300";

  private final Walk walk = Walk.everything();

  @Test
  void read_recordsOfTheQuestion_isPositive() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer("www.example.org. 300 A 192.0.2.1", "www.example.org. 300 A 192.0.2.2");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(walk.reader().rcode()).isEqualTo(Rcode.NOERROR);
    assertThat(walk.reader().answer().minTtlSeconds()).isEqualTo(300);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly("www.example.org. 300 A 192.0.2.1", "www.example.org. 300 A 192.0.2.2");
  }

  @Test
  void read_ownerInOtherCase_isPositive() {
    DnsjavaReply reply =
        DnsjavaReply.to("wWw.example.org. A").answer("WwW.EXAMPLE.org. 300 A 192.0.2.1");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly("wWw.example.org. 300 A 192.0.2.1");
  }

  @Test
  void read_theRootAsQuestion_isPositive() {
    DnsjavaReply reply =
        DnsjavaReply.to(". NS").answer(". 300 NS a.example.", ". 300 NS b.example.");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly(". 300 NS a.example.", ". 300 NS b.example.");
  }

  @Test
  void read_otherTypeOnly_isNodata() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. AAAA")
            .answer("www.example.org. 300 A 192.0.2.1")
            .authority(SOA);

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NODATA);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER)).isEmpty();
  }

  @Test
  void read_nodataWithSoa_holdsForTheMinimum() {
    DnsjavaReply reply = DnsjavaReply.to("www.example.org. AAAA").authority(SOA);

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NODATA);
    assertThat(walk.reader().soaFound()).isTrue();
    assertThat(walk.reader().answer().minTtlSeconds()).isEqualTo(300);
    assertThat(Walk.records(walk.assembled(reply), Section.AUTHORITY))
        .containsExactly(SOA.replace("3600 SOA", "300 SOA"));
  }

  @Test
  void read_nodataWithoutSoa_saysSo() {
    DnsjavaReply reply = DnsjavaReply.to("www.example.org. AAAA");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NODATA);
    assertThat(walk.reader().soaFound()).isFalse();
    assertThat(walk.reader().answer().minTtlSeconds()).isZero();
    assertThat(walk.assembled(reply).getSection(org.xbill.DNS.Section.AUTHORITY)).isEmpty();
  }

  @Test
  void read_nxdomain_isNxdomain() {
    DnsjavaReply reply =
        DnsjavaReply.to("nowhere.example.org. A").rcode(Rcode.NXDOMAIN).authority(SOA);

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NXDOMAIN);
    assertThat(walk.reader().soaFound()).isTrue();
    assertThat(walk.assembled(reply).getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
  void read_otherRcode_isFailure(int rcode) {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .rcode(rcode)
            .answer("www.example.org. 300 A 192.0.2.1");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.FAILURE);
    assertThat(walk.reader().rcode()).isEqualTo(rcode);
  }

  @ParameterizedTest
  @ValueSource(ints = {Rcode.FORMERR, Rcode.SERVFAIL, Rcode.NOTIMP, Rcode.REFUSED})
  void read_failureWithoutAQuestion_isFailure(int rcode) {
    MessageBytes bare = MessageBytes.query().flags(Header.QR | rcode);

    assertThat(walk.read(bare)).isEqualTo(ReplyKind.FAILURE);
    assertThat(walk.reader().rcode()).isEqualTo(rcode);
    assertThat(walk.read(bare.opt(1232, 0))).isEqualTo(ReplyKind.FAILURE);
    assertThat(walk.read(bare.append(new byte[1]))).isEqualTo(ReplyKind.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 18, 19, 23, 3841, 4095})
  void read_extendedRcode_isFailure(int rcode) {
    DnsjavaReply reply = DnsjavaReply.to("www.example.org. A").rcode(rcode);

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.FAILURE);
    assertThat(walk.reader().rcode()).isEqualTo(rcode);
  }

  @Test
  void read_referralWithoutRecursion_isFailure() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .withoutFlag(Flags.RA)
            .authority("example.org. 300 NS ns.example.org.")
            .additional("ns.example.org. 300 A 192.0.2.53");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.FAILURE);
  }

  @Test
  void read_nothingWithoutRecursion_isFailure() {
    assertThat(walk.read(DnsjavaReply.to("www.example.org. A").withoutFlag(Flags.RA)))
        .isEqualTo(ReplyKind.FAILURE);
  }

  @Test
  void read_authoritativeServer_isTrustedWithoutRecursion() {
    assertThat(
            walk.read(DnsjavaReply.to("www.example.org. A").withoutFlag(Flags.RA).flag(Flags.AA)))
        .isEqualTo(ReplyKind.NODATA);
    assertThat(
            walk.read(
                DnsjavaReply.to("www.example.org. A")
                    .withoutFlag(Flags.RA)
                    .answer("www.example.org. 300 A 192.0.2.1")))
        .isEqualTo(ReplyKind.POSITIVE);
  }

  @Test
  void read_referralFromARecursiveServer_isNodataWithoutTheReferral() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .authority("example.org. 300 NS ns.example.org.")
            .additional("ns.example.org. 300 A 192.0.2.53");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NODATA);
    assertThat(walk.reader().soaFound()).isFalse();
    assertThat(Walk.records(walk.assembled(reply), Section.AUTHORITY)).isEmpty();
    assertThat(Walk.records(walk.assembled(reply), Section.ADDITIONAL)).isEmpty();
  }

  @Test
  void read_truncated_isTruncatedWhateverFollows() {
    byte[] reply =
        DnsjavaReply.to("www.example.org. A")
            .flag(Flags.TC)
            .answer("www.example.org. 300 A 192.0.2.1")
            .toBytes();

    for (int length = Header.LENGTH; length <= reply.length; length++) {
      assertThat(walk.reader().read(reply, length, true)).isEqualTo(ReplyKind.TRUNCATED);
    }
  }

  @Test
  void answer_authenticData_isKept() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .flag(Flags.AD)
            .answer("www.example.org. 300 A 192.0.2.1");

    walk.read(reply);

    assertThat(walk.reader().answer().authenticData()).isTrue();
    assertThat(walk.assembled(reply).getHeader().getFlag(Flags.AD)).isTrue();
  }

  @Test
  void read_anyQuestion_takesEveryTypeOfTheName() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. ANY")
            .answer(
                "www.example.org. 300 A 192.0.2.1",
                "www.example.org. 200 TXT text",
                "other.example.org. 300 A 192.0.2.2");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly("www.example.org. 300 A 192.0.2.1", "www.example.org. 200 TXT text");
  }

  @Test
  void read_oneReplyAfterAnother_mixesNothing() {
    walk.read(
        DnsjavaReply.to("www.example.org. A")
            .rcode(Rcode.NXDOMAIN)
            .authority(SOA)
            .edns(0, new org.xbill.DNS.ExtendedErrorCodeOption(15, "blocked")));
    DnsjavaReply reply =
        DnsjavaReply.to("a.example.net. A").answer("a.example.net. 60 A 192.0.2.9");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(walk.reader().soaFound()).isFalse();
    assertThat(walk.reader().answer().ednsOptions()).isEmpty();
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly("a.example.net. 60 A 192.0.2.9");
    assertThat(Walk.records(walk.assembled(reply), Section.AUTHORITY)).isEmpty();
  }
}
