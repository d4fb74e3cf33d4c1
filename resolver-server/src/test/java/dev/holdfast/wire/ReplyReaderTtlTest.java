package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;

/** How long what was read may be kept. */
final class ReplyReaderTtlTest {

  private static final byte[] ADDRESS = new byte[4];
  private static final String RRSIG =
      "RRSIG A 8 3 300 20300101000000 20290101000000 1 example.org. AAAA";

  private static final TtlLimits LIMITS = new TtlLimits(60, 86_400, 300);

  @Test
  void read_differentTtlsInASet_keepsTheSmallest() {
    assertThat(
            answers(
                DnsjavaReply.to("www.example.org. A")
                    .answer(
                        "www.example.org. 300 A 192.0.2.1",
                        "www.example.org. 100 A 192.0.2.2",
                        "www.example.org. 200 A 192.0.2.3")))
        .containsExactly(
            "www.example.org. 100 A 192.0.2.1",
            "www.example.org. 100 A 192.0.2.2",
            "www.example.org. 100 A 192.0.2.3");
  }

  @Test
  void read_setWithOtherRecordsBetween_hasOneTtl() {
    List<String> records =
        answers(
            DnsjavaReply.to("www.example.org. A")
                .answer(
                    "www.example.org. 300 A 192.0.2.1",
                    "www.example.org. 250 " + RRSIG,
                    "www.example.org. 100 A 192.0.2.2",
                    "other.example.org. 10 A 192.0.2.9",
                    "www.example.org. 200 " + RRSIG,
                    "WWW.example.org. 200 A 192.0.2.3"));

    assertThat(records).hasSize(5);
    assertThat(records.stream().filter(record -> record.contains(" A 192")))
        .allMatch(record -> record.contains(" 100 A "));
    assertThat(records.stream().filter(record -> record.contains("RRSIG")))
        .allMatch(record -> record.contains(" 200 RRSIG "));
  }

  @Test
  void read_differentSets_keepTheirOwnTtls() {
    assertThat(
            answers(
                DnsjavaReply.to("www.example.org. A")
                    .answer(
                        "www.example.org. 300 CNAME a.example.net.",
                        "a.example.net. 100 A 192.0.2.1")))
        .containsExactly(
            "www.example.org. 300 CNAME a.example.net.", "a.example.net. 100 A 192.0.2.1");
  }

  @Test
  void read_recordThatIsCut_doesNotShortenTheAnswer() {
    Walk walk = Walk.everything();
    walk.read(
        DnsjavaReply.to("www.example.org. A")
            .answer("www.example.org. 300 A 192.0.2.1", "victim.example.net. 1 A 203.0.113.66")
            .authority("example.net. 1 NS ns.evil.example.")
            .additional("victim.example.net. 1 A 203.0.113.66"));

    assertThat(walk.reader().answer().minTtlSeconds()).isEqualTo(300);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 60",
    "59, 60",
    "60, 60",
    "61, 61",
    "86400, 86400",
    "86401, 86400",
    "2147483647, 86400",
    "2147483648, 86400",
    "4294967295, 86400",
  })
  void read_positiveTtl_isClamped(long ttl, int expected) {
    Walk walk = Walk.limited(LIMITS);
    MessageBytes reply =
        MessageBytes.response("www.example.org", RecordType.A)
            .answer(MessageBytes.QNAME, RecordType.A, ttl, ADDRESS);

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(walk.reader().answer().minTtlSeconds()).isEqualTo(expected);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly("www.example.org. " + expected + " A 0.0.0.0");
  }

  @ParameterizedTest
  @ValueSource(longs = {0x80000000L, 0xffffffffL})
  void read_topBitInOneRecordOfASet_countsAsTheLongest(long ttl) {
    Walk walk = Walk.everything();
    MessageBytes reply =
        MessageBytes.response("www.example.org", RecordType.A)
            .answer(MessageBytes.QNAME, RecordType.A, ttl, ADDRESS)
            .answer(MessageBytes.QNAME, RecordType.A, 77, ADDRESS);

    walk.read(reply);

    assertThat(walk.reader().answer().minTtlSeconds()).isEqualTo(77);
  }

  @ParameterizedTest
  @CsvSource({
    // The SOA's own TTL, its MINIMUM, what is kept.
    "3600, 100, 100",
    "100, 3600, 100",
    "3600, 3600, 300",
    "0, 3600, 0",
    "3600, 0, 0",
    "10, 3600, 10",
    "4294967295, 200, 200",
    "200, 4294967295, 200",
    "4294967295, 4294967295, 300",
  })
  void read_negativeTtl_isTheLesserOfTtlAndMinimum(long ttl, long minimum, int expected) {
    for (int rcode : new int[] {Rcode.NOERROR, Rcode.NXDOMAIN}) {
      Walk walk = Walk.limited(LIMITS);
      MessageBytes reply =
          MessageBytes.response("www.example.org", RecordType.A)
              .withFlags(rcode)
              .authority(
                  MessageBytes.pointer(Header.LENGTH + 4),
                  RecordType.SOA,
                  ttl,
                  MessageBytes.name("ns.example.org"),
                  MessageBytes.name("admin.example.org"),
                  new byte[16],
                  MessageBytes.uint32(minimum));

      walk.read(reply);

      assertThat(walk.reader().soaFound()).isTrue();
      assertThat(walk.reader().answer().minTtlSeconds()).isEqualTo(expected);
    }
  }

  @Test
  void read_negativeAnswerWithProofs_holdsForTheShortest() {
    Walk walk = Walk.limited(LIMITS);
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .rcode(Rcode.NXDOMAIN)
            .authority(
                "example.org. 3600 SOA ns.example.org. admin.example.org. 1 2 3 4 250",
                "a.example.org. 3600 NSEC z.example.org. A",
                "example.org. 30 NSEC a.example.org. A");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NXDOMAIN);
    assertThat(walk.reader().answer().minTtlSeconds()).isEqualTo(30);
    assertThat(Walk.records(walk.assembled(reply), Section.AUTHORITY))
        .anyMatch(record -> record.startsWith("example.org. 250 SOA"))
        .anyMatch(record -> record.startsWith("a.example.org. 300 NSEC"))
        .anyMatch(record -> record.startsWith("example.org. 30 NSEC"));
  }

  @Test
  void read_authoritySetWithDifferentTtls_keepsTheSmallest() {
    Walk walk = Walk.everything();
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer("www.example.org. 300 A 192.0.2.1")
            .authority("example.org. 300 NS a.example.org.", "example.org. 100 NS b.example.org.");

    walk.read(reply);
    Message message = walk.assembled(reply);

    assertThat(Walk.records(message, Section.AUTHORITY))
        .allMatch(record -> record.startsWith("example.org. 100 NS"));
  }

  private static List<String> answers(DnsjavaReply reply) {
    Walk walk = Walk.everything();
    walk.read(reply);
    return Walk.records(walk.assembled(reply), Section.ANSWER);
  }
}
