package dev.holdfast.wire;

import static dev.holdfast.wire.MessageBytes.QNAME;
import static dev.holdfast.wire.MessageBytes.bytes;
import static dev.holdfast.wire.MessageBytes.join;
import static dev.holdfast.wire.MessageBytes.labels;
import static dev.holdfast.wire.MessageBytes.name;
import static dev.holdfast.wire.MessageBytes.pointer;
import static dev.holdfast.wire.MessageBytes.uint16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A reply that cannot be walked from end to end is no answer at all. */
final class ReplyReaderMalformedTest {

  /** Where the first record begins behind the question {@code www.example.org}. */
  private static final int FIRST_RECORD = Header.LENGTH + 17 + 4;

  private static final byte[] ROOT = {0};

  private final ReplyReader reader = new ReplyReader(Walk.NO_LIMITS, false);

  static List<Arguments> malformations() {
    List<Arguments> all = new ArrayList<>();
    addCounts(all);
    addNames(all);
    addRdata(all);
    addOpt(all);
    return all;
  }

  private static void addCounts(List<Arguments> all) {
    int[] offsets = {Header.ANCOUNT_OFFSET, Header.NSCOUNT_OFFSET, Header.ARCOUNT_OFFSET};
    for (int offset : offsets) {
      all.add(arguments("one record too few at " + offset, good().count(offset, 2)));
      all.add(arguments("65535 records at " + offset, good().count(offset, 65_535)));
      all.add(arguments("a record nobody counted at " + offset, good().count(offset, 0)));
    }
    all.add(arguments("a trailing byte", good().append(bytes(0))));
    all.add(arguments("a trailing record", good().append(ROOT, new byte[10])));
    all.add(arguments("two questions", good().count(Header.QDCOUNT_OFFSET, 2)));
    MessageBytes many = MessageBytes.response("www.example.org", RecordType.A);
    for (int i = 0; i <= RecordWalk.MAX_RECORDS; i++) {
      many.answer(QNAME, RecordType.A, 1, new byte[4]);
    }
    all.add(arguments("more records than are walked", many));
  }

  private static void addNames(List<Arguments> all) {
    all.add(owner("a pointer to itself", pointer(FIRST_RECORD)));
    all.add(owner("a pointer forward", pointer(FIRST_RECORD + 12)));
    all.add(owner("a pointer past the end", pointer(0x3fff)));
    all.add(owner("a pointer into the header", pointer(2)));
    all.add(owner("a label before a pointer to it", join(labels("a"), pointer(FIRST_RECORD))));
    all.add(owner("a label of 64 bytes", join(bytes(64), new byte[65])));
    all.add(owner("a label of type 0x80", join(bytes(0x80), new byte[130])));
    byte[] label = labels("a".repeat(63));
    all.add(owner("more than 255 bytes", join(label, label, label, label, ROOT)));
    all.add(owner("more than 255 bytes with a pointer", join(label, label, label, label, QNAME)));
    all.add(
        arguments(
            "pointers in a circle",
            response()
                .append(pointer(FIRST_RECORD + 2), pointer(FIRST_RECORD), new byte[10])
                .count(Header.ANCOUNT_OFFSET, 1)));
    MessageBytes hops = response().answer(QNAME, RecordType.A, 1, new byte[4]);
    for (int i = 0; i < 16; i++) {
      hops.answer(pointer(FIRST_RECORD + 16 * i), RecordType.A, 1, new byte[4]);
    }
    all.add(arguments("17 pointers in one name", hops));
    all.add(
        arguments(
            "a pointer in the question",
            MessageBytes.query()
                .flags(Header.QR | Header.RA)
                .question(join(labels("www"), pointer(Header.LENGTH)), RecordType.A, 1)));
    all.add(
        arguments(
            "half a question",
            MessageBytes.query().flags(Header.QR | Header.RA).append(name("a"), bytes(0, 1, 0))));
  }

  private static Arguments owner(String what, byte[] owner) {
    return arguments("owner: " + what, response().answer(owner, RecordType.A, 300, new byte[4]));
  }

  private static void addRdata(List<Arguments> all) {
    for (int length : new int[] {0, 1, 3, 5, 16}) {
      all.add(rdata("A of " + length, RecordType.A, new byte[length]));
    }
    for (int length : new int[] {0, 4, 15, 17}) {
      all.add(rdata("AAAA of " + length, RecordType.AAAA, new byte[length]));
    }
    byte[] whole = name("a.example");
    byte[] half = labels("a");
    int[] nameTypes = {
      RecordType.NS,
      RecordType.CNAME,
      RecordType.PTR,
      RecordType.DNAME,
      RecordType.MB,
      RecordType.MG,
      RecordType.MR,
      RecordType.MD,
      RecordType.MF
    };
    for (int type : nameTypes) {
      all.add(rdata("no name in type " + type, type));
      all.add(rdata("half a name in type " + type, type, half));
      all.add(rdata("more than a name in type " + type, type, whole, bytes(0)));
    }
    all.add(rdata("CNAME pointing forward", RecordType.CNAME, pointer(FIRST_RECORD + 200)));
    all.add(rdata("CNAME pointing to itself", RecordType.CNAME, pointer(FIRST_RECORD + 12)));
    all.add(rdata("CNAME with half a pointer", RecordType.CNAME, bytes(0xc0)));
    all.add(rdata("MX of one byte", RecordType.MX, bytes(0)));
    all.add(rdata("MX without a name", RecordType.MX, uint16(1)));
    all.add(rdata("MX with more", RecordType.MX, uint16(1), whole, bytes(0)));
    all.add(rdata("KX without a name", RecordType.KX, uint16(1)));
    all.add(rdata("RP with one name", RecordType.RP, whole));
    all.add(rdata("MINFO with three names", RecordType.MINFO, whole, whole, whole));
    all.add(rdata("PX with one name", RecordType.PX, uint16(1), whole));
    all.add(rdata("SRV of five bytes", RecordType.SRV, new byte[5]));
    all.add(rdata("SRV without a name", RecordType.SRV, new byte[6]));
    all.add(rdata("SRV with more", RecordType.SRV, new byte[6], whole, bytes(0)));
    all.add(rdata("SOA with one name", RecordType.SOA, whole, new byte[20]));
    all.add(rdata("SOA with short numbers", RecordType.SOA, whole, whole, new byte[19]));
    all.add(rdata("SOA with long numbers", RecordType.SOA, whole, whole, new byte[21]));
    all.add(rdata("NAPTR of four bytes", RecordType.NAPTR, new byte[4]));
    all.add(rdata("NAPTR with two strings", RecordType.NAPTR, new byte[6]));
    all.add(rdata("NAPTR without a name", RecordType.NAPTR, new byte[7]));
    all.add(rdata("NAPTR string past the end", RecordType.NAPTR, new byte[4], bytes(255, 1, 0, 0)));
    all.add(rdata("RRSIG of 17 bytes", RecordType.RRSIG, new byte[17]));
    all.add(rdata("RRSIG without a signer", RecordType.RRSIG, new byte[18]));
    all.add(rdata("RRSIG with half a signer", RecordType.RRSIG, new byte[18], half));
    all.add(rdata("NSEC without a name", RecordType.NSEC));
    all.add(rdata("SVCB of one byte", RecordType.SVCB, bytes(0)));
    all.add(rdata("HTTPS without a target", RecordType.HTTPS, uint16(1)));
    byte[] longRdata = good().toBytes();
    Header.putUint16(longRdata, FIRST_RECORD + 10, 65_535);
    all.add(arguments("rdata past the end", MessageBytes.of(longRdata)));
  }

  private static Arguments rdata(String what, int type, byte[]... rdata) {
    return arguments(what, response().answer(QNAME, type, 300, rdata));
  }

  private static void addOpt(List<Arguments> all) {
    all.add(arguments("two OPT", response().opt(1232, 0).opt(1232, 0)));
    all.add(arguments("OPT with a name", response().opt(name("a"), 1232, 0, 0, 0)));
    all.add(arguments("OPT with a pointer", response().opt(QNAME, 1232, 0, 0, 0)));
    all.add(arguments("OPT as an answer", response().answer(ROOT, RecordType.OPT, 0)));
    all.add(arguments("OPT as authority", response().authority(ROOT, RecordType.OPT, 0)));
  }

  private static MessageBytes response() {
    return MessageBytes.response("www.example.org", RecordType.A);
  }

  /** A record in every section. */
  private static MessageBytes good() {
    return response()
        .answer(QNAME, RecordType.A, 300, new byte[4])
        .authority(pointer(Header.LENGTH + 4), RecordType.NS, 300, labels("ns"), QNAME)
        .opt(1232, 0);
  }

  @Test
  void malformations_areAllButWellFormed() {
    byte[] good = good().toBytes();

    assertThat(reader.read(good, good.length, true)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(malformations()).hasSizeGreaterThan(80);
  }

  @Attack(Threat.LYING_REPLIES)
  @ParameterizedTest(name = "{0}")
  @MethodSource("malformations")
  void read_malformed_isMalformed(String what, MessageBytes message) {
    byte[] reply = message.toBytes();

    assertThat(reader.read(reply, reply.length, true)).isEqualTo(ReplyKind.MALFORMED);
    assertThat(reader.read(reply, reply.length, false)).isEqualTo(ReplyKind.MALFORMED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformations")
  void read_malformedWithAnErrorRcode_isMalformed(String what, MessageBytes message) {
    byte[] reply = message.withFlags(Rcode.SERVFAIL).toBytes();

    assertThat(reader.read(reply, reply.length, true)).isEqualTo(ReplyKind.MALFORMED);
  }

  @Test
  void read_successWithoutAQuestion_isMalformed() {
    for (int rcode : new int[] {Rcode.NOERROR, Rcode.NXDOMAIN}) {
      byte[] bare = MessageBytes.query().flags(Header.QR | Header.RA | rcode).toBytes();

      assertThat(reader.read(bare, bare.length, true)).isEqualTo(ReplyKind.MALFORMED);
    }
  }

  @Attack(Threat.LYING_REPLIES)
  @Test
  void read_cutAtEveryByte_isMalformed() {
    byte[] reply =
        DnsjavaReply.to("www.example.org. MX")
            .answer(
                "www.example.org. 300 CNAME a.example.net.",
                "a.example.net. 300 MX 1 mail.example.net.",
                "a.example.net. 300 MX 2 mail.example.org.")
            .authority("example.net. 300 NS ns.example.net.")
            .additional("mail.example.net. 300 A 192.0.2.25", "ns.example.net. 300 AAAA ::1")
            .edns(0)
            .toBytes();

    for (int length = 0; length < reply.length; length++) {
      byte[] cut = Arrays.copyOf(reply, length);
      assertThat(reader.read(cut, length, true)).isEqualTo(ReplyKind.MALFORMED);
      assertThat(reader.read(reply, length, true)).isEqualTo(ReplyKind.MALFORMED);
    }
    assertThat(reader.read(reply, reply.length, true)).isEqualTo(ReplyKind.POSITIVE);
  }

  @Attack(Threat.LYING_REPLIES)
  @Test
  void read_malformedRecordThatWouldBeCut_spoilsTheWholeReply() {
    byte[] reply =
        good().additional(name("elsewhere.example"), RecordType.AAAA, 300, new byte[3]).toBytes();

    assertThat(reader.read(reply, reply.length, true)).isEqualTo(ReplyKind.MALFORMED);
  }

  @Test
  void read_moreThanAMessageOnceNamesAreWhole_isMalformed() {
    MessageBytes reply = MessageBytes.response("www.example.org", RecordType.SRV);
    byte[] label = labels("a".repeat(60));
    byte[] target = join(label, label, label, QNAME);
    reply.answer(QNAME, RecordType.SRV, 300, new byte[6], target);
    byte[] pointer = pointer(FIRST_RECORD + 18);
    for (int i = 0; i < 900; i++) {
      reply.answer(QNAME, RecordType.SRV, 300, new byte[6], pointer);
    }

    byte[] bytes = reply.toBytes();
    assertThat(reader.read(bytes, bytes.length, true)).isEqualTo(ReplyKind.MALFORMED);
  }

  @Test
  @Attack({Threat.NAME_COMPRESSION, Threat.LYING_REPLIES})
  void read_aliasThatPointsToALengthOfData_changesNothingThere() {
    byte[] label = join(uint16(RecordType.RRSIG), bytes(0, 1, 0, 0, 1, 44, 0, 'a', 9, 9));
    byte[] qname = join(bytes(label.length), label, name("example.org"));
    byte[] data = join(bytes(9, 9), pointer(Header.LENGTH + 21), new byte['A' - 4]);
    MessageBytes reply = response(qname).answer(ROOT, RecordType.DNAME, 300, name("example.net"));
    int alias = reply.position() + 1;
    reply.answer(QNAME, RecordType.RRSIG, 300, data);
    reply.answer(QNAME, RecordType.CNAME, 300, pointer(alias));

    byte[] message = reply.toBytes();
    byte[] before = message.clone();

    assertThat(reader.read(message, message.length, true)).isEqualTo(ReplyKind.NODATA);
    assertThat(message).isEqualTo(before);
  }

  @Test
  @Attack({Threat.NAME_COMPRESSION, Threat.LYING_REPLIES})
  void read_aliasThatHoldsAPointer_changesNothingThere() {
    byte[] qname = join(bytes(4, 0xc0, 'a', 0xc0, 'b'), name("example.org"));
    MessageBytes reply = response(qname).answer(ROOT, RecordType.DNAME, 300, name("example.net"));
    reply.answer(QNAME, RecordType.CNAME, 300, bytes(4, 0xc0, 'A', 0xc0, 'B', 0));

    byte[] message = reply.toBytes();
    byte[] before = message.clone();

    assertThat(reader.read(message, message.length, true)).isEqualTo(ReplyKind.NODATA);
    assertThat(message).isEqualTo(before);
  }

  private static MessageBytes response(byte[] qname) {
    return MessageBytes.query()
        .flags(Header.QR | Header.RD | Header.RA)
        .question(qname, RecordType.A, RecordClass.IN);
  }
}
