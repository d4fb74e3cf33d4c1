package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTextTest {

  private static final TtlLimits NO_LIMITS = new TtlLimits(0, Integer.MAX_VALUE, Integer.MAX_VALUE);

  private final RecordText text = new RecordText();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "www.example.org. 300 A 192.0.2.1",
        "www.example.org. 0 A 255.255.255.255",
        "www.example.org. 300 AAAA 2001:db8::80",
        "www.example.org. 300 AAAA ::",
        "www.example.org. 300 AAAA ::1",
        "www.example.org. 300 AAAA 2001:db8:0:1:1:1:1:1",
        "www.example.org. 300 AAAA 2001::1:0:0:1:1",
        "www.example.org. 300 AAAA 1:2:3:4:5:6:7:8",
        "www.example.org. 300 NS ns1.example.org.",
        "www.example.org. 300 CNAME edge.example.net.",
        "www.example.org. 300 PTR host.example.org.",
        "www.example.org. 300 MX 10 mail.example.org.",
        "_sip._tcp.example.org. 300 SRV 10 60 5060 sip.example.org.",
        "www.example.org. 300 TXT \"v=spf1 -all\" \"a \\\"quoted\\\" \\\\ \\255\"",
        "www.example.org. 300 TXT \"\"",
        "www.example.org. 300 HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1,192.0.2.2",
        "www.example.org. 300 HTTPS 1 . mandatory=alpn alpn=h2 no-default-alpn"
            + " ipv6hint=2001:db8::1",
        "www.example.org. 300 SVCB 2 svc.example.net. key65280=\"ab\\000c\"",
        "www.example.org. 300 HTTPS 0 alias.example.net.",
        "www.example.org. 300 TYPE65280 \\# 3 0a0b0c",
        "www.example.org. 300 TYPE65280 \\# 0"
      })
  void answers_types_inPresentationForm(String record) {
    assertThat(lines(record)).containsExactly(record);
  }

  @Test
  void answers_chain_inItsOrder() {
    assertThat(
            lines(
                "www.example.org. 60 CNAME edge.example.net.",
                "edge.example.net. 30 A 203.0.113.7",
                "edge.example.net. 30 A 203.0.113.8"))
        .containsExactly(
            "www.example.org. 60 CNAME edge.example.net.",
            "edge.example.net. 30 A 203.0.113.7",
            "edge.example.net. 30 A 203.0.113.8");
  }

  @Test
  void answers_namesWithOddBytes_areEscaped() {
    assertThat(lines("a\\000\\034\\<b\\032c\\255.example.org. 300 CNAME \\010x.example.org."))
        .containsExactly("a\\000\\034\\060b\\032c\\255.example.org. 300 CNAME \\010x.example.org.");
  }

  @Test
  void answers_manyRecords_areCut() {
    String[] records =
        IntStream.range(0, RecordText.MAX_RECORDS + 8)
            .mapToObj(i -> "www.example.org. 300 A 192.0.2." + i)
            .toArray(String[]::new);

    assertThat(lines(records)).hasSize(RecordText.MAX_RECORDS + 1).last().isEqualTo("and 8 more");
  }

  @Test
  void answers_longOpaqueData_isCut() {
    String line = lines("www.example.org. 300 TYPE65280 \\# 100 " + "ab".repeat(100)).getFirst();

    assertThat(line).startsWith("www.example.org. 300 TYPE65280 \\# 100 abab").endsWith("ab...");
    assertThat(line.length()).isLessThan(200);
  }

  @Test
  void answers_brokenInnerData_isWrittenAsBytes() {
    assertThat(raw(RecordType.TXT, 5, 'a', 'b'))
        .containsExactly("www.example.org. 300 TXT \\# 3 056162");
    assertThat(raw(RecordType.HTTPS, 0, 1, 0, 0, 1, 0, 5, 'h'))
        .containsExactly("www.example.org. 300 HTTPS \\# 8 0001000001000568");
    assertThat(raw(RecordType.HTTPS, 0, 1, 0, 0, 1, 0, 2, 5, 'h'))
        .containsExactly("www.example.org. 300 HTTPS 1 . alpn=\"\\005h\"");
  }

  private List<String> raw(int type, int... rdata) {
    byte[] name = Names.parse("www.example.org");
    byte[] question = Arrays.copyOf(name, name.length + 4);
    Header.putUint16(question, name.length, type);
    Header.putUint16(question, name.length + 2, RecordClass.IN);
    byte[] data = new byte[rdata.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) rdata[i];
    }
    Answer answer =
        new AnswerBuilder()
            .begin(question, 0, question.length)
            .record(Section.ANSWER, name, type, RecordClass.IN, 300, data)
            .build(Rcode.NOERROR, /* authenticData= */ false);
    return text.answers(question, answer);
  }

  private List<String> lines(String... records) {
    String last = records[records.length - 1];
    String question = records[0].split(" ", 2)[0] + " " + last.split(" ", 4)[2];
    byte[] reply = DnsjavaReply.to(question).answer(records).toBytes();
    ReplyReader reader = new ReplyReader(NO_LIMITS, /* minimalResponses= */ true);
    assertThat(reader.read(reply, reply.length, /* dnssecOk= */ false))
        .isEqualTo(ReplyKind.POSITIVE);
    int nameLength = Names.length(reply, Header.LENGTH, reply.length);
    byte[] asked = Arrays.copyOfRange(reply, Header.LENGTH, Header.LENGTH + nameLength + 4);
    return text.answers(asked, reader.answer());
  }
}
