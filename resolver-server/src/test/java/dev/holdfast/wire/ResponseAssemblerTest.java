package dev.holdfast.wire;

import static dev.holdfast.wire.MessageBytes.name;
import static dev.holdfast.wire.MessageBytes.option;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.TcpKeepaliveOption;

/** Header, question, TTLs, flags and EDNS of what is assembled. */
final class ResponseAssemblerTest {

  private static final byte[] STALE = ExtendedError.option(ExtendedError.STALE_ANSWER, "");

  private final AssembledResponses responses = new AssembledResponses();

  @Test
  void fresh_idAndQuestion_areTheClientsOwn() {
    byte[] bytes =
        responses.freshBytes(
            MessageBytes.query("wWw.eXample.Org", RecordType.TXT).id(0x1234),
            AssembledResponses.answerOf(40),
            0,
            false);

    Message message = Walk.parse(bytes);
    assertThat(message.getHeader().getID()).isEqualTo(0x1234);
    assertThat(Names.toText(bytes, Header.LENGTH)).isEqualTo("wWw.eXample.Org.");
    assertThat(message.getQuestion().getType()).isEqualTo(RecordType.TXT);
    assertThat(message.getSection(org.xbill.DNS.Section.ANSWER))
        .singleElement()
        .matches(record -> record.getName().toString().equals("wWw.eXample.Org."));
  }

  @Test
  void fresh_queryInsideALargerBuffer_echoesItsPart() {
    byte[] query = AssembledResponses.query().toBytes();
    byte[] buffer = MessageBytes.join(new byte[33], query, new byte[5]);
    Query parsed = new Query();
    parsed.parse(buffer, 33, query.length);
    byte[] out = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];

    int length =
        new ResponseAssembler(1).fresh(parsed, AssembledResponses.answerOf(40), 0, false, out);

    assertThat(length).isEqualTo(query.length + 40);
    assertThat(Arrays.copyOfRange(out, 12, query.length))
        .isEqualTo(Arrays.copyOfRange(query, 12, query.length));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 300, 100",
    "1, 299, 99",
    "99, 201, 1",
    "100, 200, 0",
    "101, 199, 0",
    "300, 0, 0",
    "100000, 0, 0",
  })
  void fresh_age_isTakenOffEveryTtl(int age, long first, long second) {
    Answer answer =
        AssembledResponses.builder()
            .record(Section.ANSWER, name(AssembledResponses.QNAME), RecordType.TXT, 1, 300, text())
            .record(Section.AUTHORITY, name("org"), RecordType.NS, 1, 100, name("a.example"))
            .build(Rcode.NOERROR, false);

    Message message = responses.fresh(AssembledResponses.query(), answer, age, false);

    assertThat(message.getSection(org.xbill.DNS.Section.ANSWER).getFirst().getTTL())
        .isEqualTo(first);
    assertThat(message.getSection(org.xbill.DNS.Section.AUTHORITY).getFirst().getTTL())
        .isEqualTo(second);
  }

  @Test
  void stale_ttls_areCappedAndShorterOnesKept() {
    Answer answer =
        AssembledResponses.builder()
            .record(Section.ANSWER, name(AssembledResponses.QNAME), RecordType.TXT, 1, 300, text())
            .record(Section.AUTHORITY, name("org"), RecordType.NS, 1, 10, name("a.example"))
            .build(Rcode.NOERROR, false);

    Message message = responses.stale(AssembledResponses.query(), answer, 30, STALE);

    assertThat(message.getSection(org.xbill.DNS.Section.ANSWER).getFirst().getTTL()).isEqualTo(30);
    assertThat(message.getSection(org.xbill.DNS.Section.AUTHORITY).getFirst().getTTL())
        .isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource({"false, false, false", "true, false, true", "false, true, true", "true, true, true"})
  void fresh_authenticData_isToldToWhoAsks(boolean ad, boolean dnssecOk, boolean expected) {
    Answer vouched = answer(true);
    Answer plain = answer(false);
    MessageBytes query = AssembledResponses.query().withFlags(ad ? Header.AD : 0);
    if (dnssecOk) {
      query.opt(1232, Edns.DO);
    }

    assertThat(flag(responses.fresh(query, vouched, 0, false), Flags.AD)).isEqualTo(expected);
    assertThat(flag(responses.fresh(query, plain, 0, false), Flags.AD)).isFalse();
    assertThat(flag(responses.stale(query, vouched, 30, STALE), Flags.AD)).isFalse();
    assertThat(flag(responses.error(query, 2, STALE, false), Flags.AD)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "false, true", "true, true"})
  void fresh_recursionDesiredAndCheckingDisabled_areEchoed(boolean rd, boolean cd) {
    MessageBytes query =
        AssembledResponses.query().flags((rd ? Header.RD : 0) | (cd ? Header.CD : 0));

    for (Message message :
        new Message[] {
          responses.fresh(query, answer(false), 0, false),
          responses.stale(query, answer(false), 30, STALE),
          responses.error(query, Rcode.SERVFAIL, STALE, false)
        }) {
      assertThat(flag(message, Flags.QR)).isTrue();
      assertThat(flag(message, Flags.RA)).isTrue();
      assertThat(flag(message, Flags.AA)).isFalse();
      assertThat(flag(message, Flags.TC)).isFalse();
      assertThat(flag(message, Flags.RD)).isEqualTo(rd);
      assertThat(flag(message, Flags.CD)).isEqualTo(cd);
    }
  }

  @Test
  void fresh_flagsWithoutMeaningInAQuery_areNotEchoed() {
    MessageBytes query =
        AssembledResponses.query().flags(Header.AA | Header.TC | Header.RA | 0x0040 | Rcode.NOTIMP);

    byte[] bytes = responses.freshBytes(query, answer(false), 0, false);

    assertThat(Header.uint16(bytes, Header.FLAGS_OFFSET)).isEqualTo(Header.QR | Header.RA);
  }

  @Test
  void fresh_opt_isSentToWhoSentOne() {
    assertThat(responses.fresh(AssembledResponses.query(), answer(false), 0, false).getOPT())
        .isNull();

    OPTRecord plain =
        responses.fresh(AssembledResponses.query().opt(4096, 0), answer(false), 0, false).getOPT();
    assertThat(plain.getPayloadSize()).isEqualTo(1232);
    assertThat(plain.getVersion()).isZero();
    assertThat(plain.getFlags()).isZero();
    assertThat(plain.getOptions()).isEmpty();

    OPTRecord signed =
        responses
            .fresh(AssembledResponses.query().opt(4096, 0xffff), answer(false), 0, false)
            .getOPT();
    assertThat(signed.getFlags()).isEqualTo(Edns.DO);
  }

  @Test
  void fresh_extendedErrorsOfTheUpstream_areToldToEdnsClients() {
    byte[] blocked = ExtendedError.option(ExtendedError.BLOCKED, "list");
    AnswerBuilder builder = AssembledResponses.builder();
    builder.ednsOption(blocked, 0, blocked.length);
    Answer answer = builder.build(Rcode.NXDOMAIN, false);

    Message message = responses.fresh(AssembledResponses.query().opt(1232, 0), answer, 0, false);

    assertThat(message.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(error(message).getErrorCode()).isEqualTo(ExtendedError.BLOCKED);
    assertThat(responses.fresh(AssembledResponses.query(), answer, 0, false).getOPT()).isNull();
  }

  @Test
  void stale_extendedError_saysSo() {
    MessageBytes query = AssembledResponses.query().opt(1232, 0);

    Message message = responses.stale(query, answer(false), 30, STALE);

    assertThat(error(message).getErrorCode()).isEqualTo(ExtendedError.STALE_ANSWER);
  }

  @Test
  void fresh_keepalive_isToldOnStreamsToWhoAsks() {
    MessageBytes asking =
        AssembledResponses.query().opt(1232, 0, option(Edns.OPTION_TCP_KEEPALIVE));

    OPTRecord opt = responses.fresh(asking, answer(false), 0, /* stream= */ true).getOPT();
    assertThat(opt.getOptions()).hasSize(1);
    TcpKeepaliveOption keepalive = (TcpKeepaliveOption) opt.getOptions().getFirst();
    assertThat(keepalive.getTimeout()).hasValue(AssembledResponses.KEEPALIVE_TENTHS);

    assertThat(responses.fresh(asking, answer(false), 0, false).getOPT().getOptions()).isEmpty();
    assertThat(
            responses
                .fresh(AssembledResponses.query().opt(1232, 0), answer(false), 0, true)
                .getOPT()
                .getOptions())
        .isEmpty();
  }

  @Test
  void error_keepaliveAndExtendedError_standSideBySide() {
    MessageBytes asking =
        AssembledResponses.query().opt(1232, 0, option(Edns.OPTION_TCP_KEEPALIVE));

    Message message = responses.error(asking, Rcode.SERVFAIL, STALE, /* stream= */ true);

    assertThat(message.getOPT().getOptions()).hasSize(2);
    assertThat(message.getRcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 15})
  void error_rcode_isInTheHeader(int rcode) {
    assertThat(responses.error(AssembledResponses.query(), rcode, STALE, false).getRcode())
        .isEqualTo(rcode);
  }

  @Test
  void error_extendedRcode_isSplitBetweenHeaderAndOpt() {
    MessageBytes query = AssembledResponses.query().opt(name("."), 1232, 0, 1, Edns.DO);

    Message message = responses.error(query, Rcode.BADVERS, AssembledResponses.NO_OPTION, false);

    assertThat(message.getHeader().getRcode()).isZero();
    assertThat(message.getOPT().getExtendedRcode()).isEqualTo(1);
    assertThat(message.getOPT().getVersion()).isZero();
    assertThat(message.getRcode()).isEqualTo(Rcode.BADVERS);
  }

  @Test
  void error_questionMissing_isAnsweredWithoutOne() {
    MessageBytes two = AssembledResponses.query().question("b.example", RecordType.A).id(0x7777);

    Message message = responses.error(two, Rcode.FORMERR, AssembledResponses.NO_OPTION, false);

    assertThat(message.getHeader().getID()).isEqualTo(0x7777);
    assertThat(message.getSection(org.xbill.DNS.Section.QUESTION)).isEmpty();
    assertThat(message.getRcode()).isEqualTo(Rcode.FORMERR);
  }

  @Test
  void error_otherOpcode_isEchoed() {
    MessageBytes notify = AssembledResponses.query().flags(Opcode.NOTIFY << Header.OPCODE_SHIFT);

    Message message = responses.error(notify, Rcode.NOTIMP, AssembledResponses.NO_OPTION, false);

    assertThat(message.getHeader().getOpcode()).isEqualTo(Opcode.NOTIFY);
    assertThat(message.getRcode()).isEqualTo(Rcode.NOTIMP);
  }

  @Test
  void fresh_otherQuestionOfTheSameLength_keepsThePointersRight() {
    Answer answer =
        AssembledResponses.builder()
            .record(Section.ANSWER, name(AssembledResponses.QNAME), RecordType.TXT, 1, 300, text())
            .record(
                Section.AUTHORITY,
                name("example.org"),
                RecordType.NS,
                1,
                300,
                name("ns.example.org"))
            .build(Rcode.NOERROR, false);

    Message message =
        responses.fresh(
            MessageBytes.query("WWW.EXAMPLE.ORG", RecordType.TXT).opt(1232, 0), answer, 0, false);

    assertThat(Walk.records(message, Section.AUTHORITY))
        .containsExactly("EXAMPLE.ORG. 300 NS ns.EXAMPLE.ORG.");
  }

  private static byte[] text() {
    return AssembledResponses.text(5);
  }

  private static Answer answer(boolean authenticData) {
    return AssembledResponses.builder()
        .record(Section.ANSWER, name(AssembledResponses.QNAME), RecordType.TXT, 1, 300, text())
        .build(Rcode.NOERROR, authenticData);
  }

  private static boolean flag(Message message, int flag) {
    return message.getHeader().getFlag(flag);
  }

  private static ExtendedErrorCodeOption error(Message message) {
    assertThat(message.getOPT().getOptions()).hasSize(1);
    return (ExtendedErrorCodeOption) message.getOPT().getOptions().getFirst();
  }
}
