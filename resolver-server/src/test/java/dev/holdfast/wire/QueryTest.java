package dev.holdfast.wire;

import static dev.holdfast.wire.MessageBytes.name;
import static dev.holdfast.wire.MessageBytes.pointer;
import static dev.holdfast.wire.MessageBytes.uint16;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QueryTest {

  private static final int OPCODES = 16;

  private final Query query = new Query();

  @Test
  void parse_plainQuestion_isAccepted() {
    byte[] message = MessageBytes.query("wWw.Example.org", RecordType.A).id(0xbeef).toBytes();

    assertThat(parse(message)).isEqualTo(Query.ACCEPTED);
    assertThat(query.id()).isEqualTo(0xbeef);
    assertThat(query.opcode()).isEqualTo(Opcode.QUERY);
    assertThat(query.qtype()).isEqualTo(RecordType.A);
    assertThat(query.qclass()).isEqualTo(RecordClass.IN);
    assertThat(query.qnameLength()).isEqualTo(17);
    assertThat(query.questionLength()).isEqualTo(21);
    assertThat(Names.toText(query.bytes(), query.qnameOffset())).isEqualTo("wWw.Example.org.");
    assertThat(query.recursionDesired()).isTrue();
    assertThat(query.checkingDisabled()).isFalse();
    assertThat(query.authenticDataWanted()).isFalse();
    assertThat(query.edns()).isFalse();
    assertThat(query.payload()).isEqualTo(512);
  }

  @Test
  void parse_insideALargerBuffer_readsItsPartOnly() {
    byte[] message = MessageBytes.query("example.org", RecordType.AAAA).id(7).toBytes();
    byte[] buffer = new byte[message.length + 40];
    Arrays.fill(buffer, (byte) 0xff);
    System.arraycopy(message, 0, buffer, 17, message.length);

    assertThat(query.parse(buffer, 17, message.length)).isEqualTo(Query.ACCEPTED);
    assertThat(query.offset()).isEqualTo(17);
    assertThat(query.id()).isEqualTo(7);
    assertThat(query.copy()).isEqualTo(message);
    assertThat(query.parse(buffer, 17, message.length - 1)).isEqualTo(Rcode.FORMERR);
  }

  @Test
  void parse_flags_areRead() {
    int flags = Header.RD | Header.AD | Header.CD;

    assertThat(parse(MessageBytes.query("example.org", RecordType.A).flags(flags)))
        .isEqualTo(Query.ACCEPTED);
    assertThat(query.flags()).isEqualTo(flags);
    assertThat(query.recursionDesired()).isTrue();
    assertThat(query.checkingDisabled()).isTrue();
    assertThat(query.authenticDataWanted()).isTrue();

    assertThat(parse(MessageBytes.query("example.org", RecordType.A).flags(0)))
        .isEqualTo(Query.ACCEPTED);
    assertThat(query.recursionDesired()).isFalse();
    assertThat(query.checkingDisabled()).isFalse();
    assertThat(query.authenticDataWanted()).isFalse();
  }

  @Test
  void parse_flagsWithoutMeaningInAQuery_areIgnored() {
    int flags = Header.AA | Header.TC | Header.RA | 0x0040 | Rcode.REFUSED;

    assertThat(parse(MessageBytes.query("example.org", RecordType.A).flags(flags)))
        .isEqualTo(Query.ACCEPTED);
  }

  @Test
  void parse_shorterThanAHeader_isDropped() {
    byte[] message = MessageBytes.query("example.org", RecordType.A).toBytes();

    for (int length = 0; length < Header.LENGTH; length++) {
      assertThat(query.parse(message, 0, length)).isEqualTo(Query.TOO_SHORT);
    }
  }

  @Test
  void parse_response_isDropped() {
    MessageBytes response = MessageBytes.response("example.org", RecordType.A);

    assertThat(parse(response)).isEqualTo(Query.NOT_A_QUERY);
    assertThat(parse(MessageBytes.query().flags(0xffff))).isEqualTo(Query.NOT_A_QUERY);
  }

  @Test
  void parse_everyOtherOpcode_isNotImplementedAndKeepsTheQuestion() {
    for (int opcode = 1; opcode < OPCODES; opcode++) {
      MessageBytes message =
          MessageBytes.query("example.org", RecordType.SOA)
              .flags(opcode << Header.OPCODE_SHIFT)
              .opt(1232, 0);

      assertThat(parse(message)).isEqualTo(Rcode.NOTIMP);
      assertThat(query.opcode()).isEqualTo(opcode);
      assertThat(query.questionLength()).isEqualTo(17);
      assertThat(query.edns()).isTrue();
    }
  }

  @Test
  void parse_otherOpcodeWithAnyContent_isNotImplemented() {
    int update = Opcode.UPDATE << Header.OPCODE_SHIFT;

    assertThat(parse(MessageBytes.query().flags(update))).isEqualTo(Rcode.NOTIMP);
    assertThat(parse(MessageBytes.query().flags(update).append(new byte[40])))
        .isEqualTo(Rcode.NOTIMP);
    assertThat(
            parse(
                MessageBytes.query("example.org", RecordType.SOA)
                    .flags(update)
                    .authority(name("a.example.org"), RecordType.A, 60, new byte[4])))
        .isEqualTo(Rcode.NOTIMP);
  }

  @Test
  void parse_noQuestion_isMalformed() {
    assertThat(parse(MessageBytes.query())).isEqualTo(Rcode.FORMERR);
    assertThat(query.questionLength()).isZero();
    assertThat(parse(MessageBytes.query().opt(1232, 0))).isEqualTo(Rcode.FORMERR);
    assertThat(query.edns()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 255, 256, 65_535})
  void parse_severalQuestions_isMalformed(int count) {
    MessageBytes message =
        MessageBytes.query("example.org", RecordType.A).question("example.org", RecordType.AAAA);

    assertThat(parse(message.count(Header.QDCOUNT_OFFSET, count))).isEqualTo(Rcode.FORMERR);
    assertThat(query.questionLength()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 256, 65_535})
  void parse_countsThatLie_areMalformed(int count) {
    MessageBytes message = MessageBytes.query("example.org", RecordType.A);

    for (int offset :
        new int[] {Header.ANCOUNT_OFFSET, Header.NSCOUNT_OFFSET, Header.ARCOUNT_OFFSET}) {
      assertThat(parse(message.count(offset, count))).isEqualTo(Rcode.FORMERR);
      message.count(offset, 0);
    }
    assertThat(parse(message)).isEqualTo(Query.ACCEPTED);
  }

  @Test
  void parse_recordsInAnswerOrAuthority_isMalformed() {
    byte[] owner = name("example.org");

    assertThat(
            parse(
                MessageBytes.query("example.org", RecordType.A)
                    .answer(owner, RecordType.A, 60, new byte[4])))
        .isEqualTo(Rcode.FORMERR);
    assertThat(
            parse(
                MessageBytes.query("example.org", RecordType.A)
                    .authority(owner, RecordType.NS, 60, owner)))
        .isEqualTo(Rcode.FORMERR);
  }

  @Test
  void parse_incrementalTransferWithTheClientsSoa_isWellFormed() {
    byte[] soa = MessageBytes.join(name("ns.example.org"), name("."), new byte[20]);
    MessageBytes message =
        MessageBytes.query("example.org", RecordType.IXFR)
            .authority(MessageBytes.QNAME, RecordType.SOA, 0, soa);

    assertThat(parse(message)).isEqualTo(Query.ACCEPTED);
    assertThat(query.qtype()).isEqualTo(RecordType.IXFR);
    assertThat(query.edns()).isFalse();
    assertThat(parse(message.opt(1232, 0))).isEqualTo(Query.ACCEPTED);
    assertThat(query.edns()).isTrue();
    assertThat(query.payload()).isEqualTo(1232);
  }

  @Test
  void parse_incrementalTransferCutInTheSoa_isMalformed() {
    byte[] message =
        MessageBytes.query("example.org", RecordType.IXFR)
            .authority(MessageBytes.name("example.org"), RecordType.SOA, 0, new byte[22])
            .toBytes();
    int question = MessageBytes.query("example.org", RecordType.IXFR).toBytes().length;

    for (int length = question; length < message.length; length++) {
      assertThat(query.parse(message, 0, length)).isEqualTo(Rcode.FORMERR);
    }
    assertThat(query.parse(message, 0, message.length)).isEqualTo(Query.ACCEPTED);
  }

  @Test
  void parse_cutAtEveryByte_isMalformed() {
    byte[] message = MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0).toBytes();

    for (int length = Header.LENGTH; length < message.length; length++) {
      assertThat(query.parse(message, 0, length)).isEqualTo(Rcode.FORMERR);
    }
    assertThat(parse(message)).isEqualTo(Query.ACCEPTED);
  }

  @Test
  void parse_trailingBytes_isMalformed() {
    assertThat(parse(MessageBytes.query("example.org", RecordType.A).append(new byte[1])))
        .isEqualTo(Rcode.FORMERR);
    assertThat(
            parse(MessageBytes.query("example.org", RecordType.A).opt(1232, 0).append(new byte[1])))
        .isEqualTo(Rcode.FORMERR);
  }

  @Test
  void parse_longestName_isAccepted() {
    String longest = ("a".repeat(63) + ".").repeat(3) + "b".repeat(61);

    assertThat(parse(MessageBytes.query(longest, RecordType.A))).isEqualTo(Query.ACCEPTED);
    assertThat(query.qnameLength()).isEqualTo(255);
  }

  @Test
  void parse_nameOver255_isMalformed() {
    byte[] label = MessageBytes.labels("a".repeat(63));
    byte[] name = MessageBytes.join(label, label, label, label, new byte[] {0});

    assertThat(parse(MessageBytes.query().question(name, RecordType.A, RecordClass.IN)))
        .isEqualTo(Rcode.FORMERR);
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 0x40, 0x80, 0xbf})
  void parse_labelOver63_isMalformed(int lengthByte) {
    byte[] name = new byte[lengthByte + 2];
    name[0] = (byte) lengthByte;

    assertThat(parse(MessageBytes.query().question(name, RecordType.A, RecordClass.IN)))
        .isEqualTo(Rcode.FORMERR);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 12, 14, 0x3fff})
  void parse_pointerInTheQuestion_isMalformed(int target) {
    byte[] name = MessageBytes.join(MessageBytes.labels("www"), pointer(target));

    assertThat(parse(MessageBytes.query().question(name, RecordType.A, RecordClass.IN)))
        .isEqualTo(Rcode.FORMERR);
    assertThat(parse(MessageBytes.query().question(pointer(target), RecordType.A, RecordClass.IN)))
        .isEqualTo(Rcode.FORMERR);
  }

  @Test
  void parse_questionWithoutTypeOrClass_isMalformed() {
    assertThat(
            parse(
                MessageBytes.query()
                    .count(Header.QDCOUNT_OFFSET, 1)
                    .append(name("example.org"), uint16(RecordType.A))))
        .isEqualTo(Rcode.FORMERR);
  }

  @Test
  void parse_signedQuery_isAccepted() {
    byte[] key = name("key.example.org");

    assertThat(
            parse(
                MessageBytes.query("example.org", RecordType.A)
                    .opt(1232, 0)
                    .additional(key, RecordType.TSIG, 0, new byte[50])))
        .isEqualTo(Query.ACCEPTED);
  }

  @Test
  void parse_manyAdditionalRecords_isMalformed() {
    MessageBytes message = MessageBytes.query("example.org", RecordType.A);
    for (int i = 0; i < 5; i++) {
      message.additional(name("a.example"), RecordType.A, 1, new byte[4]);
    }

    assertThat(parse(message)).isEqualTo(Rcode.FORMERR);
  }

  @Test
  void parse_afterAnotherQuery_remembersNothing() {
    parse(
        MessageBytes.query("example.org", RecordType.A)
            .opt(1400, Edns.DO, MessageBytes.option(Edns.OPTION_TCP_KEEPALIVE)));

    parse(MessageBytes.query("example.org", RecordType.A));

    assertThat(query.edns()).isFalse();
    assertThat(query.dnssecOk()).isFalse();
    assertThat(query.keepaliveRequested()).isFalse();
    assertThat(query.payload()).isEqualTo(512);

    parse(MessageBytes.query());

    assertThat(query.questionLength()).isZero();
    assertThat(query.qtype()).isZero();
    assertThat(query.qclass()).isZero();
  }

  private int parse(MessageBytes message) {
    return parse(message.toBytes());
  }

  private int parse(byte[] message) {
    return query.parse(message, 0, message.length);
  }
}
