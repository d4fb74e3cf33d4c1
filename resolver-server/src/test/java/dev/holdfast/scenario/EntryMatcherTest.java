package dev.holdfast.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

final class EntryMatcherTest {

  private static final String ANSWER =
      """
      SECTION QUESTION
      www.example.org. IN A
      SECTION ANSWER
      www.example.org. 60 IN A 192.0.2.1
      www.example.org. 60 IN A 192.0.2.2
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          all       | www.example.org. 60 IN A 192.0.2.2/www.example.org. 60 IN A 192.0.2.1 | true
          all       | WWW.example.ORG. 9 IN A 192.0.2.2/www.example.org. 9 IN A 192.0.2.1   | true
          all ttl   | www.example.org. 9 IN A 192.0.2.2/www.example.org. 60 IN A 192.0.2.1  | false
          all       | www.example.org. 60 IN A 192.0.2.1                                    | false
          all       | www.example.org. 60 IN A 192.0.2.1/www.example.org. 60 IN A 192.0.2.1 | false
          answer    | www.example.org. 9 IN A 192.0.2.2/www.example.org. 9 IN A 192.0.2.1   | true
          question  | www.example.org. 60 IN A 192.0.2.1                                    | true
          """)
  void matches_records_areComparedAsSets(String match, String records, boolean matches) {
    String found = "SECTION QUESTION\nwww.example.org. IN A\nSECTION ANSWER\n";
    Message message = message(found + records.replace('/', '\n'));

    assertThat(matches("MATCH " + match + "\nREPLY QR RA\n" + ANSWER, message)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          opcode               |                                             | true
          opcode               | REPLY NOTIFY                                | false
          rcode                | REPLY NXDOMAIN                              | false
          flags                | REPLY QR RD                                 | false
          RD                   |                                             | false
          AD                   |                                             | false
          CD                   |                                             | false
          DO                   |                                             | true
          noedns               |                                             | false
          UDP                  |                                             | true
          TCP                  |                                             | false
          qname qtype          | SECTION QUESTION/Www.Example.Org. IN A      | true
          qname                | SECTION QUESTION/example.org. IN A          | false
          qtype                | SECTION QUESTION/www.example.org. IN AAAA   | false
          qname                | SECTION QUESTION/www.example.org. IN AAAA   | true
          subdomain            | SECTION QUESTION/example.org. IN A          | true
          subdomain            | SECTION QUESTION/host.www.example.org. IN A | false
          """)
  void matches_word_comparesItsPartAlone(String match, String rest, boolean matches) {
    Message message = message("REPLY QR DO\n" + ANSWER);
    String lines = rest == null ? "" : rest.replace('/', '\n');

    assertThat(matches("MATCH " + match + "\n" + lines, message)).isEqualTo(matches);
  }

  @Test
  void matches_recursionAvailable_countsUnlessTheDialectIgnoresIt() {
    Entry entry = entry("MATCH flags\nREPLY QR\n");
    Message message = message("SECTION QUESTION\n. IN NS\n");

    assertThat(new EntryMatcher(true).matches(entry, message, false)).isFalse();
    assertThat(new EntryMatcher(false).matches(entry, message, false)).isTrue();
  }

  @Test
  void matches_extendedError_comparesTheInfoCode() {
    Message stale = message("SECTION QUESTION\n. IN NS\n");
    stale.addRecord(
        new OPTRecord(1232, 0, 0, 0, List.of(new ExtendedErrorCodeOption(3, "old"))),
        Section.ADDITIONAL);
    Message plain = message("SECTION QUESTION\n. IN NS\n");

    assertThat(matches("MATCH ede=3\n", stale)).isTrue();
    assertThat(matches("MATCH ede=any\n", stale)).isTrue();
    assertThat(matches("MATCH ede=19\n", stale)).isFalse();
    assertThat(matches("MATCH ede=3\n", plain)).isFalse();
    assertThat(matches("MATCH ede=any\n", plain)).isFalse();
  }

  private static boolean matches(String lines, Message message) {
    return new EntryMatcher(true).matches(entry(lines), message, false);
  }

  private static Message message(String lines) {
    return entry(lines).toReply(new Message(1));
  }

  private static Entry entry(String lines) {
    Scenario scenario =
        ScenarioParser.parse(
            "test.rpl",
            "CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 QUERY\nENTRY_BEGIN\n"
                + lines
                + "\nENTRY_END\nSCENARIO_END\n");
    return Objects.requireNonNull(scenario.steps().getFirst().entry());
  }
}
