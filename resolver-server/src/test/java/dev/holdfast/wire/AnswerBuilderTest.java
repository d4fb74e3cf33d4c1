package dev.holdfast.wire;

import static dev.holdfast.wire.MessageBytes.join;
import static dev.holdfast.wire.MessageBytes.name;
import static dev.holdfast.wire.MessageBytes.uint16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;

final class AnswerBuilderTest {

  private static final int NULL = 10;

  private final AnswerBuilder builder = new AnswerBuilder();

  @Test
  void record_nameThatRepeatsItsOwnLabel_doesNotPointIntoItself() {
    begin("www.example.org", RecordType.CNAME);
    add("www.example.org", RecordType.CNAME, name("a.a.a.a"));

    assertThat(answers("www.example.org", RecordType.CNAME))
        .containsExactly("www.example.org. 300 CNAME a.a.a.a.");
  }

  @Test
  void record_nameThatRepeatsItself_pointsToTheFirstTime() {
    begin("www.example.org", RecordType.CNAME);
    add("www.example.org", RecordType.CNAME, name("example.org.example.org"));
    add("www.example.org", RecordType.CNAME, name("org.example.org.example.org"));

    assertThat(answers("www.example.org", RecordType.CNAME))
        .containsExactly(
            "www.example.org. 300 CNAME example.org.example.org.",
            "www.example.org. 300 CNAME org.example.org.example.org.");
  }

  @Test
  void record_ownerOfTheQuestion_takesTwoBytes() {
    begin("www.example.org", RecordType.A);
    add("WWW.example.ORG", RecordType.A, new byte[] {(byte) 192, 0, 2, 1});

    assertThat(builder.build(Rcode.NOERROR, false).recordsLength()).isEqualTo(16);
    assertThat(answers("www.example.org", RecordType.A))
        .containsExactly("www.example.org. 300 A 192.0.2.1");
  }

  @Test
  void record_suffixInOtherData_isPointedTo() {
    begin("www.example.org", RecordType.MX);
    add("www.example.org", RecordType.MX, join(uint16(1), name("mail.example.net")));
    add("www.example.org", RecordType.MX, join(uint16(2), name("mail2.example.net")));

    assertThat(builder.build(Rcode.NOERROR, false).recordsLength())
        .isEqualTo(2 * 12 + 2 + 18 + 2 + 8);
    assertThat(answers("www.example.org", RecordType.MX))
        .containsExactly(
            "www.example.org. 300 MX 1 mail.example.net.",
            "www.example.org. 300 MX 2 mail2.example.net.");
  }

  @Test
  void record_typeThatMustNotBeCompressed_isWrittenWhole() {
    begin("www.example.org", RecordType.SRV);
    byte[] rdata = join(uint16(1), uint16(2), uint16(3), name("www.example.org"));
    add("www.example.org", RecordType.SRV, rdata);

    assertThat(builder.build(Rcode.NOERROR, false).recordsLength()).isEqualTo(12 + rdata.length);
  }

  @Test
  void record_moreNamesThanAreRemembered_staysReadable() {
    begin("www.example.org", RecordType.PTR);
    for (int i = 0; i < 500; i++) {
      add("www.example.org", RecordType.PTR, name("host" + i + ".net" + i % 7 + ".example"));
    }

    assertThat(answers("www.example.org", RecordType.PTR))
        .hasSize(500)
        .contains("www.example.org. 300 PTR host499.net2.example.");
  }

  @Test
  void record_targetsBeyondTheReachOfPointers_areNotUsed() {
    begin("www.example.org", RecordType.TXT);
    for (int i = 0; i < 100; i++) {
      add("www.example.org", RecordType.TXT, join(new byte[] {(byte) 200}, new byte[200]));
    }
    add("www.example.org", RecordType.CNAME, name("far.example.net"));
    add("www.example.org", RecordType.CNAME, name("far.example.net"));

    assertThat(answers("www.example.org", RecordType.TXT))
        .hasSize(102)
        .endsWith(
            "www.example.org. 300 CNAME far.example.net.",
            "www.example.org. 300 CNAME far.example.net.");
  }

  @Test
  void record_moreThanAMessageHolds_overflows() {
    overflow();

    assertThat(builder.overflowed()).isTrue();
    assertThatThrownBy(() -> builder.build(Rcode.NOERROR, false))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void begin_afterAnOverflow_startsAnew() {
    overflow();

    begin("www.example.org", RecordType.A);
    add("www.example.org", RecordType.A, new byte[4]);

    assertThat(builder.overflowed()).isFalse();
    assertThat(answers("www.example.org", RecordType.A)).hasSize(1);
  }

  @Test
  void record_dataOfTheLargestMessage_fits() {
    begin(".", NULL);
    int fixed = Header.LENGTH + 5 + 11;
    add(".", NULL, new byte[AnswerBuilder.MAX_MESSAGE_LENGTH - fixed]);

    assertThat(builder.overflowed()).isFalse();
    assertThat(builder.build(Rcode.NOERROR, false).recordsLength()).isEqualTo(65_535 - 17);
  }

  @Test
  void build_sections_areCountedAndTheAdditionalOnesCanBeLeftOut() {
    begin("www.example.org", RecordType.MX);
    add("www.example.org", RecordType.MX, join(uint16(1), name("mail.example.org")));
    builder.record(
        Section.ADDITIONAL,
        name("mail.example.org"),
        RecordType.A,
        RecordClass.IN,
        60,
        new byte[4]);

    Answer answer = builder.build(Rcode.NOERROR, false);

    assertThat(answer.answerCount()).isEqualTo(1);
    assertThat(answer.authorityCount()).isZero();
    assertThat(answer.additionalCount()).isEqualTo(1);
    assertThat(answer.withoutAdditionalLength()).isEqualTo(answer.recordsLength() - 16);
    assertThat(answer.minTtlSeconds()).isEqualTo(60);
  }

  private void overflow() {
    begin("www.example.org", RecordType.TXT);
    byte[] rdata = join(new byte[] {(byte) 255}, new byte[255]);
    for (int i = 0; i < 300; i++) {
      add("www.example.org", RecordType.TXT, rdata);
    }
    add("www.example.org", RecordType.NS, name("ns.example.net"));
  }

  private void begin(String qname, int qtype) {
    byte[] question = join(name(qname), uint16(qtype), uint16(RecordClass.IN));
    builder.begin(question, 0, question.length);
  }

  private void add(String owner, int type, byte[] rdata) {
    builder.record(Section.ANSWER, name(owner), type, RecordClass.IN, 300, rdata);
  }

  private List<String> answers(String qname, int qtype) {
    byte[] question = MessageBytes.query(qname, qtype).toBytes();
    Message message = Walk.assembled(builder.build(Rcode.NOERROR, false), question);
    return Walk.records(message, Section.ANSWER);
  }
}
