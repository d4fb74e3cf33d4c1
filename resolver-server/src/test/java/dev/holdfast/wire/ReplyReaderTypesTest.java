package dev.holdfast.wire;

import static dev.holdfast.wire.MessageBytes.bytes;
import static dev.holdfast.wire.MessageBytes.join;
import static dev.holdfast.wire.MessageBytes.labels;
import static dev.holdfast.wire.MessageBytes.name;
import static dev.holdfast.wire.MessageBytes.pointer;
import static dev.holdfast.wire.MessageBytes.uint16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;

/** Every record type comes out as it went in, whatever names it holds (RFC 3597). */
final class ReplyReaderTypesTest {

  private static final String KEY = "AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxkmvHjcZc8no";
  private static final String DIGEST = "2BB183AF5F22588179A53B0A98631FAD1A292118";
  private static final String SIGNED =
      "A 8 3 300 20300101000000 20290101000000 1 sig.example.org. " + KEY;

  /** Where {@code example.org.} stands in the question. */
  private static final byte[] ZONE = pointer(Header.LENGTH + 4);

  private static final byte[] MAIL = join(labels("mail"), ZONE);
  private static final byte[] WHOLE_MAIL = name("mail.example.org");

  private final Walk walk = Walk.everything();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A 192.0.2.1",
        "A6 0 2001:db8::1",
        "AAAA 2001:db8::1",
        "AFSDB 1 afs.example.org.",
        "APL 1:192.0.2.0/24 !2:2001:db8::/32",
        "CAA 0 issue \"ca.example.net\"",
        "CDNSKEY 257 3 8 " + KEY,
        "CDS 60485 5 1 " + DIGEST,
        "CERT 1 60485 5 " + KEY,
        "CNAME a.example.net.",
        "DHCID " + KEY,
        "DLV 60485 5 1 " + DIGEST,
        "DNAME a.example.net.",
        "DNSKEY 257 3 8 " + KEY,
        "DS 60485 5 1 " + DIGEST,
        "GPOS -32.6882 116.8652 10.0",
        "HINFO \"cpu\" \"os\"",
        "HIP 2 200100107B1A74DF365639CC39F1D578 " + KEY + " rvs.example.org.",
        "HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1",
        "HTTPS 0 svc.example.net.",
        "IPSECKEY 10 1 2 192.0.2.38 " + KEY,
        "ISDN \"150862028003217\" \"004\"",
        "KEY 256 3 8 " + KEY,
        "KX 10 kx.example.org.",
        "LOC 42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m",
        "MB mb.example.org.",
        "MD md.example.org.",
        "MF mf.example.org.",
        "MG mg.example.org.",
        "MINFO a.example.org. b.example.org.",
        "MR mr.example.org.",
        "MX 10 mail.example.org.",
        "NAPTR 100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.org!\" .",
        "NAPTR 100 10 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.org.",
        "NS ns.example.org.",
        "NSAP 0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00",
        "NSAP-PTR nsap.example.org.",
        "NSEC next.example.org. A MX RRSIG NSEC TYPE1234",
        "NSEC3 1 1 12 AABBCCDD 2VPTU5TIMAMQTTGL4LUU9KG21E0AOR3S A RRSIG",
        "NSEC3PARAM 1 0 12 AABBCCDD",
        "NXT next.example.org. A MX SIG NXT",
        "OPENPGPKEY " + KEY,
        "PTR ptr.example.org.",
        "PX 10 a.example.org. b.example.net.",
        "RP a.example.org. b.example.org.",
        "RRSIG " + SIGNED,
        "RT 10 rt.example.org.",
        "SIG " + SIGNED,
        "SMIMEA 0 0 1 " + DIGEST,
        "SOA ns.example.org. admin.example.org. 1 7200 900 86400 300",
        "SPF \"v=spf1 -all\"",
        "SRV 1 2 443 srv.example.org.",
        "SSHFP 2 1 " + DIGEST,
        "SVCB 1 svc.example.org. port=8443",
        "TLSA 3 1 1 " + DIGEST,
        "TXT \"one\" \"two\" \"\"",
        "TYPE65280 \\# 4 c00c0102",
        "TYPE62347 \\# 0",
        "URI 10 1 \"https://www.example.org/\"",
        "WKS 192.0.2.1 6 25 80",
        "X25 \"311061700956\"",
        "ZONEMD 2018031500 1 1 "
            + "FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE"
            + "7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE",
      })
  void read_anyType_comesOutAsItWentIn(String data) {
    String type = data.substring(0, data.indexOf(' '));
    String other = type.equals("CNAME") ? "MX 9 other.example.org." : data;
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. " + type)
            .answer("www.example.org. 300 " + data, "www.example.org. 300 " + other);

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    Message message = walk.assembled(reply);

    int records = other.equals(data) ? 2 : 1;
    assertThat(message.getSection(org.xbill.DNS.Section.ANSWER))
        .hasSize(records)
        .allMatch(DnsjavaReply.record("www.example.org. 300 " + data)::equals)
        .allMatch(record -> record.getTTL() == 300);
  }

  static Stream<Arguments> compressed() {
    byte[] numbers = new byte[20];
    byte[] signature = join(uint16(RecordType.A), bytes(8, 3), new byte[14]);
    byte[] strings = bytes(1, 's', 7, 'S', 'I', 'P', '+', 'D', '2', 'U', 0);
    byte[] bitmap = bytes(0, 1, 0x40);
    return Stream.of(
        both(RecordType.NS, join(MAIL), join(WHOLE_MAIL)),
        both(RecordType.CNAME, MAIL, WHOLE_MAIL),
        both(RecordType.PTR, MAIL, WHOLE_MAIL),
        both(RecordType.MD, MAIL, WHOLE_MAIL),
        both(RecordType.MF, MAIL, WHOLE_MAIL),
        both(RecordType.MB, MAIL, WHOLE_MAIL),
        both(RecordType.MG, MAIL, WHOLE_MAIL),
        both(RecordType.MR, MAIL, WHOLE_MAIL),
        both(RecordType.DNAME, MAIL, WHOLE_MAIL),
        both(RecordType.MX, join(uint16(7), MAIL), join(uint16(7), WHOLE_MAIL)),
        both(RecordType.AFSDB, join(uint16(7), MAIL), join(uint16(7), WHOLE_MAIL)),
        both(RecordType.RT, join(uint16(7), MAIL), join(uint16(7), WHOLE_MAIL)),
        both(RecordType.KX, join(uint16(7), MAIL), join(uint16(7), WHOLE_MAIL)),
        both(
            RecordType.PX,
            join(uint16(7), MAIL, ZONE),
            join(uint16(7), WHOLE_MAIL, name("example.org"))),
        both(RecordType.MINFO, join(MAIL, ZONE), join(WHOLE_MAIL, name("example.org"))),
        both(RecordType.RP, join(ZONE, MAIL), join(name("example.org"), WHOLE_MAIL)),
        both(
            RecordType.SOA,
            join(MAIL, ZONE, numbers),
            join(WHOLE_MAIL, name("example.org"), numbers)),
        both(RecordType.SRV, join(new byte[6], MAIL), join(new byte[6], WHOLE_MAIL)),
        both(
            RecordType.NAPTR,
            join(new byte[4], strings, MAIL),
            join(new byte[4], strings, WHOLE_MAIL)),
        both(
            RecordType.RRSIG,
            join(signature, MAIL, bytes(1, 2, 3)),
            join(signature, WHOLE_MAIL, bytes(1, 2, 3))),
        both(
            RecordType.SIG,
            join(signature, MAIL, bytes(1, 2, 3)),
            join(signature, WHOLE_MAIL, bytes(1, 2, 3))),
        both(RecordType.NSEC, join(MAIL, bitmap), join(WHOLE_MAIL, bitmap)),
        both(RecordType.NXT, join(MAIL, bytes(0x40)), join(WHOLE_MAIL, bytes(0x40))),
        both(
            RecordType.SVCB,
            join(uint16(1), MAIL, bytes(0, 3, 0, 2, 1, 2)),
            join(uint16(1), WHOLE_MAIL, bytes(0, 3, 0, 2, 1, 2))),
        both(RecordType.HTTPS, join(uint16(0), ZONE), join(uint16(0), name("example.org"))));
  }

  private static Arguments both(int type, byte[] compressed, byte[] whole) {
    return arguments(org.xbill.DNS.Type.string(type), type, compressed, whole);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("compressed")
  void read_namesCompressedByTheUpstream_areWrittenAnew(
      String typeName, int type, byte[] compressed, byte[] whole) throws Exception {
    MessageBytes reply =
        MessageBytes.response("www.example.org", type)
            .answer(MessageBytes.QNAME, type, 300, compressed);

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);

    Record record = walk.assembled(reply).getSection(org.xbill.DNS.Section.ANSWER).getFirst();
    Record expected = Record.newRecord(record.getName(), type, RecordClass.IN, 300, whole);
    assertThat(record).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("compressed")
  void read_namesAgain_onlyTypesOfTheFirstStandardAreCompressed(
      String typeName, int type, byte[] compressed, byte[] whole) {
    MessageBytes reply =
        MessageBytes.response("www.example.org", type).answer(MessageBytes.QNAME, type, 300, whole);

    walk.read(reply);

    boolean mayBeCompressed =
        switch (typeName) {
          case "NS", "CNAME", "PTR", "MD", "MF", "MB", "MG", "MR", "MX", "MINFO", "SOA" -> true;
          default -> false;
        };
    byte[] rdata = mayBeCompressed ? compressed : whole;
    assertThat(walk.reader().answer().recordsLength()).isEqualTo(12 + rdata.length);
  }
}
