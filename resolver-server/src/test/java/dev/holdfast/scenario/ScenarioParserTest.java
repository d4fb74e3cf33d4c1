package dev.holdfast.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.scenario.Entry.Match;
import dev.holdfast.scenario.Scenario.Kind;
import dev.holdfast.wire.Header;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

final class ScenarioParserTest {

  private static final String BEGIN = "CONFIG_END\nSCENARIO_BEGIN title\n";

  @Test
  void parse_configOnOneLine_splitsAtKeys() {
    Scenario scenario =
        parse(
            """
            ; a comment
            forward-zone: name: "." forward-addr: 192.0.2.53   # comment
            \tforward-addr: 2001:db8::53
            server:
            \tmodule-config: "validator iterator"
            CONFIG_END
            SCENARIO_BEGIN Two words
            SCENARIO_END
            """);

    assertThat(scenario.title()).isEqualTo("Two words");
    assertThat(scenario.config().values("forward-addr"))
        .containsExactly("192.0.2.53", "2001:db8::53");
    assertThat(scenario.config().value("module-config")).isEqualTo("validator iterator");
    assertThat(scenario.config().value("serve-expired")).isNull();
    assertThat(scenario.config().options().getLast().line()).isEqualTo(5);
  }

  @Test
  void parse_rangeWithTabsAndBlanks_readsAddressesAndEntries() throws Exception {
    Scenario scenario =
        parse(
            BEGIN
                + """
                RANGE_BEGIN 0 100
                \tADDRESS 192.0.2.53\t
                  ADDRESS 2001:db8::53
                \tENTRY_BEGIN
                \t\tMATCH opcode qtype qname DO
                \t\tADJUST copy_id copy_query sleep=2
                \t\tREPLY QR AA RD RA DO NXDOMAIN
                \t\tSECTION QUESTION
                \t\t\twww.example.org.\tIN\tA
                \tENTRY_END
                RANGE_END
                SCENARIO_END
                """);

    Scenario.Range range = scenario.ranges().getFirst();
    assertThat(range.covers(100)).isTrue();
    assertThat(range.covers(101)).isFalse();
    assertThat(range.addresses())
        .containsExactly(
            InetAddress.getByName("192.0.2.53"), InetAddress.getByName("2001:db8::53"));
    Entry entry = range.entries().getFirst();
    assertThat(entry.line()).isEqualTo(6);
    assertThat(entry.matches())
        .containsExactlyInAnyOrder(Match.OPCODE, Match.QTYPE, Match.QNAME, Match.DO);
    assertThat(entry.copyId()).isTrue();
    assertThat(entry.copyQuery()).isTrue();
    assertThat(entry.delaySeconds()).isEqualTo(2);
    assertThat(entry.flags()).isEqualTo(Header.QR | Header.AA | Header.RD | Header.RA);
    assertThat(entry.dnssecOk()).isTrue();
    assertThat(entry.rcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(entry.section(Section.QUESTION).getFirst().getType()).isEqualTo(Type.A);
  }

  @Test
  void parse_steps_readsKindsAndArguments() throws Exception {
    Scenario scenario =
        parse(
            BEGIN
                + """
                STEP 1 QUERY ADDRESS 192.0.2.1
                ENTRY_BEGIN
                MATCH TCP
                REPLY RD
                SECTION QUESTION
                www.example.org. IN A
                ENTRY_END
                STEP 2 TIME_PASSES ELAPSE 1.5
                STEP 3 NOTHING
                STEP 4 TIMEOUT
                STEP 5 ERROR
                STEP 6 TRAFFIC
                STEP 7 CHECK_ANSWER
                ENTRY_BEGIN
                MATCH all ttl ede=3
                ENTRY_END
                SCENARIO_END
                """);

    assertThat(scenario.steps())
        .extracting(Scenario.Step::kind)
        .containsExactly(
            Kind.QUERY,
            Kind.TIME_PASSES,
            Kind.NOTHING,
            Kind.TIMEOUT,
            Kind.ERROR,
            Kind.TRAFFIC,
            Kind.CHECK_ANSWER);
    assertThat(scenario.steps().getFirst().address()).isEqualTo(InetAddress.getByName("192.0.2.1"));
    assertThat(scenario.steps().get(1).elapse()).isEqualTo(Duration.ofMillis(1500));
    Entry check = Objects.requireNonNull(scenario.steps().getLast().entry());
    assertThat(check.extendedError()).isEqualTo(3);
    assertThat(check.matches()).containsExactlyInAnyOrder(Match.ALL, Match.TTL, Match.EDE);
  }

  @Test
  void parse_records_takesTtlAndClassWhereGiven() {
    Entry entry =
        entry(
            """
            SECTION ANSWER
            a.example.org. IN A 192.0.2.1
            b.example.org. 60 IN A 192.0.2.1
            c.example.org. 60 A 192.0.2.1
            d.example.org. A 192.0.2.1
            e.example.org. IN 60 TXT "one; two" "# three" ; comment
            f.example.org. IN TYPE65280 \\# 2 0a0b
            SECTION AUTHORITY
            example.org. 10 IN SOA . . 15 28800 7200 604800 3600
            """);

    assertThat(entry.section(Section.ANSWER))
        .extracting(record -> record.getTTL())
        .containsExactly(3600L, 60L, 60L, 3600L, 60L, 3600L);
    assertThat(entry.section(Section.ANSWER).get(4).rdataToString())
        .isEqualTo("\"one; two\" \"# three\"");
    assertThat(entry.section(Section.ANSWER).getLast().getType()).isEqualTo(65280);
    assertThat(entry.section(Section.AUTHORITY).getFirst().getType()).isEqualTo(Type.SOA);
  }

  @Test
  void parse_directivesBetweenRecords_countAsDirectives() {
    Entry entry =
        entry(
            """
            SECTION QUESTION
            REPLY SERVFAIL QR
            MATCH all
            www.example.org. IN A
            """);

    assertThat(entry.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(entry.compares(Match.ALL)).isTrue();
    assertThat(entry.section(Section.QUESTION)).hasSize(1);
  }

  @Test
  void parse_ednsData_readsOptions() {
    Entry entry =
        entry(
            """
            SECTION ADDITIONAL
            HEX_EDNSDATA_BEGIN
              00 0a 00 08  ; cookie
              01 02 03 04 05 06 07 08
            HEX_EDNSDATA_END
            """);

    assertThat(entry.ednsOptions()).extracting(EDNSOption::getCode).containsExactly(10);
    assertThat(entry("HEX_EDNSDATA_BEGIN\nHEX_EDNSDATA_END").ednsOptions()).isEmpty();
    assertThat(entry("MATCH all").ednsOptions()).isNull();
  }

  @Test
  void parse_noReplyMentionsRecursionAvailable_isTheClientDialect() {
    String text =
        BEGIN
            + "STEP 1 QUERY\nENTRY_BEGIN\nREPLY RD\nSECTION QUESTION\n. IN NS\nENTRY_END\n"
            + "STEP 2 CHECK_ANSWER\nENTRY_BEGIN\nREPLY QR %s\nENTRY_END\nSCENARIO_END\n";

    assertThat(parse(text.formatted("AD")).clientDialect()).isTrue();
    assertThat(parse(text.formatted("RA")).clientDialect()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SCENARIO_BEGIN x                     | test.rpl:1: .*expected CONFIG_END.*
          CONFIG_END                           | test.rpl:1: .*expected SCENARIO_BEGIN.*
          CONFIG_END/STEP 1 NOTHING            | test.rpl:2: .*expected SCENARIO_BEGIN.*
          192.0.2.53                           | test.rpl:1: .*expected a key.*
          """)
  void parse_brokenFrame_failsWithFileAndLine(String text, String message) {
    assertThatThrownBy(() -> parse(text.replace('/', '\n')))
        .isInstanceOf(ScenarioSyntaxException.class)
        .message()
        .matches(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          STEP 1 NOTHING                       | test.rpl:3: .*expected SCENARIO_END.*
          STEP x NOTHING                       | test.rpl:3: "x" .*expected a step number.*
          STEP 2 NOTHING/STEP 1 NOTHING        | test.rpl:4: step 1 after step 2 .*
          STEP 1 QUERY/STEP 2 NOTHING          | test.rpl:4: .*expected ENTRY_BEGIN of step 1.*
          STEP 1 TIME_PASSES ELAPSE            | test.rpl:3: .*expected seconds.*
          STEP 1 TIME_PASSES ELAPSE x          | test.rpl:3: .*expected seconds.*
          RANGE_BEGIN 1                        | test.rpl:3: .*expected two steps.*
          RANGE_BEGIN 0 9/ADDRESS ns.example   | test.rpl:4: .*expected IPv4 or IPv6.*
          RANGE_BEGIN 0 9/ENTRY_BEGIN          | test.rpl:4: .*expected ENTRY_END.*
          """)
  void parse_brokenStep_failsWithFileAndLine(String text, String message) {
    assertThatThrownBy(() -> parse(BEGIN + text.replace('/', '\n')))
        .isInstanceOf(ScenarioSyntaxException.class)
        .message()
        .matches(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "www.example.org.",
        "www.example.org. IN",
        "www.example.org. IN NOTYPE 1",
        "SECTION ANSWER\nwww.example.org. IN A 192.0.2",
        "SECTION ANSWER\nwww..example.org. IN A 192.0.2.1",
        "HEX_EDNSDATA_BEGIN\n000a0008\nHEX_EDNSDATA_END",
        "HEX_EDNSDATA_BEGIN\nmoon\nHEX_EDNSDATA_END",
        "SECTION NOWHERE"
      })
  void parse_brokenRecord_failsWithFileAndLine(String lines) {
    int line = 5 + (int) lines.chars().filter(character -> character == '\n').count();

    assertThatThrownBy(() -> entry(lines))
        .isInstanceOf(ScenarioSyntaxException.class)
        .hasMessageStartingWith("test.rpl:" + line + ": ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"MATCH moon", "ADJUST moon", "REPLY moon", "HEX_ANSWER_BEGIN", "EXTRA_PACKET"})
  void parse_unknownWordInEntry_isUnusableWithFileAndLine(String line) {
    assertThatThrownBy(() -> entry(line))
        .isInstanceOf(UnusableScenarioException.class)
        .hasMessageStartingWith("test.rpl:5: unknown");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "STEP 1 CHECK_AUTOTRUST x",
        "STEP 1 TIME_PASSES EVAL ${1}",
        "MOON_BEGIN",
        "RANGE_BEGIN 0 9\nMOON"
      })
  void parse_unknownDirective_isUnusableWithFileAndLine(String line) {
    assertThatThrownBy(() -> parse(BEGIN + line))
        .isInstanceOf(UnusableScenarioException.class)
        .message()
        .matches("test.rpl:[34]: unknown .*");
  }

  private static Scenario parse(String text) {
    return ScenarioParser.parse("test.rpl", text);
  }

  private static Entry entry(String lines) {
    Scenario scenario =
        parse(BEGIN + "STEP 1 QUERY\nENTRY_BEGIN\n" + lines + "\nENTRY_END\nSCENARIO_END\n");
    return Objects.requireNonNull(scenario.steps().getFirst().entry());
  }
}
