package dev.holdfast.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.Cidr;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.PolicyList;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule.Action;
import dev.holdfast.policy.Rule.Data;
import dev.holdfast.policy.Ruling;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RpzReaderTest {

  private static final String SOA =
      "@ 60 IN SOA localhost. nobody.invalid. ( 1 ; serial\n 2 3\n 4 5 )";

  private final Notes notes = new Notes("file");

  @ParameterizedTest
  @CsvSource({
    "bad.example CNAME ., bad.example, NXDOMAIN",
    "bad.example CNAME ., a.bad.example,",
    "*.bad.example CNAME ., a.b.bad.example, NXDOMAIN",
    "*.bad.example CNAME ., bad.example,",
    "bad.example CNAME *., bad.example, NODATA",
    "bad.example CNAME rpz-passthru., bad.example, PASS",
    "bad.example CNAME bad.example., bad.example, PASS",
    "bad.example CNAME RPZ-Drop., bad.example, DROP",
    "bad.example CNAME rpz-tcp-only., bad.example, TCP_ONLY",
    "bad.example CNAME garden.example., bad.example, DATA",
    "bad.example 300 IN A 192.0.2.7, bad.example, DATA",
    "BAD.example IN 5m CNAME ., bad.EXAMPLE, NXDOMAIN",
    "* CNAME ., anything.example, NXDOMAIN",
  })
  void read_record_isATriggerWithAnAction(String line, String name, @Nullable Action action) {
    assertThat(action(read(SOA, "@ NS localhost.", line), name)).isEqualTo(action);
  }

  @Test
  void read_zoneWithAbsoluteNames_cutsItsApex() {
    PolicyList zone =
        read(
            "$TTL 1h",
            "rpz.example.net. SOA localhost. nobody.invalid. 1 2 3 4 5",
            "bad.example.rpz.example.net. CNAME .",
            "$ORIGIN more.example.rpz.example.net.",
            "worse CNAME .",
            "  A 192.0.2.7");

    assertThat(action(zone, "bad.example")).isEqualTo(Action.NXDOMAIN);
    assertThat(action(zone, "worse.more.example")).isEqualTo(Action.NXDOMAIN);
    assertThat(action(zone, "bad.example.rpz.example.net")).isNull();
  }

  @Test
  void read_exactNameAndWildcards_theMostSpecificDecides() {
    PolicyList zone =
        read(
            SOA,
            "*.example CNAME .",
            "*.a.example CNAME *.",
            "b.a.example CNAME rpz-passthru.",
            "a.example A 192.0.2.7");

    assertThat(action(zone, "x.example")).isEqualTo(Action.NXDOMAIN);
    assertThat(action(zone, "a.example")).isEqualTo(Action.DATA);
    assertThat(action(zone, "c.a.example")).isEqualTo(Action.NODATA);
    assertThat(action(zone, "b.a.example")).isEqualTo(Action.PASS);
    assertThat(action(zone, "c.b.a.example")).isEqualTo(Action.NODATA);
  }

  @Test
  void read_data_keepsAllRecordsOfAName() {
    PolicyList zone =
        read(
            SOA,
            "a.example 300 A 192.0.2.7",
            "a.example 300 A 192.0.2.8",
            "a.example 300 AAAA 2001:db8::7",
            "a.example 300 TXT \"a;b\" c ; why");

    assertThat(ruling(zone, "a.example").rule().data())
        .extracting(Data::type)
        .containsExactly(RecordType.A, RecordType.A, RecordType.AAAA, RecordType.TXT);
    assertThat(ruling(zone, "a.example").rule().data().getLast().rdata())
        .containsExactly(3, 'a', ';', 'b', 1, 'c');
  }

  @ParameterizedTest
  @CsvSource({
    "32.1.2.0.192.rpz-ip CNAME ., 192.0.2.1, NXDOMAIN",
    "32.1.2.0.192.rpz-ip CNAME ., 192.0.2.2,",
    "24.0.2.0.192.rpz-ip CNAME *., 192.0.2.200, NODATA",
    "128.1.zz.db8.2001.rpz-ip CNAME ., 2001:db8::1, NXDOMAIN",
    "48.zz.1.db8.2001.rpz-ip CNAME rpz-drop., 2001:db8:1:2::9, DROP",
    "0.0.0.0.0.rpz-ip CNAME ., 203.0.113.7, NXDOMAIN",
    "32.1.2.0.192.rpz-ip A 198.51.100.1, 192.0.2.1, DATA",
  })
  void read_addressTrigger_matchesItsBlock(String line, String address, @Nullable Action action) {
    PolicyList zone = read(SOA, line);

    Ruling ruling = find(zone, address);
    assertThat(ruling == null ? null : ruling.rule().action()).isEqualTo(action);
  }

  @Test
  void read_addressBlocksInEachOther_theLongestDecides() {
    PolicyList zone =
        read(SOA, "8.0.0.0.10.rpz-ip CNAME .", "16.0.0.1.10.rpz-ip CNAME rpz-passthru.");

    assertThat(found(zone, "10.2.0.1").rule().action()).isEqualTo(Action.NXDOMAIN);
    assertThat(found(zone, "10.1.0.1").rule().action()).isEqualTo(Action.PASS);
  }

  @Test
  void read_otherTriggers_areIgnoredAndCounted() {
    PolicyList zone =
        read(
            SOA,
            "32.1.2.0.192.rpz-client-ip CNAME .",
            "ns.example.rpz-nsdname CNAME .",
            "32.1.2.0.192.rpz-nsip CNAME .");

    assertThat(zone.size()).isZero();
    assertThat(notes.ignored()).isEqualTo(3);
    assertThat(notes.places())
        .first()
        .isEqualTo("file:4: no trigger that counts here: 32.1.2.0.192.rpz-client-ip.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bad.example CNAM .|file:4: CNAM (expected a record type such as A, AAAA or CNAME)",
        "bad.example A 192.0.2|file:4: A 192.0.2: Invalid address: 192.0.2",
        "bad..example CNAME .|file:4: bad..example (expected a domain name)",
        "bad.example. CNAME .|file:4: bad.example. (expected a name below threats.)",
        "33.1.2.0.192.rpz-ip CNAME .|file:4: 33.1.2.0.192.rpz-ip. (expected an address block such"
            + " as 24.0.2.0.192.rpz-ip or 48.zz.1.db8.2001.rpz-ip)",
        "$INCLUDE other|file:4: $INCLUDE (expected $ORIGIN or $TTL with one word)",
        "a.example TXT ( \"b\"|file:4: a parenthesis that is never closed",
        "a.example CH TXT b|file:4: CH (expected class IN)",
        "a.example 1h30 A 192.0.2.7|file:4: 1h30 (expected a TTL of at most 2147483647, or a record"
            + " type)",
        "a.example 16000000000000w A 192.0.2.7|file:4: 16000000000000w (expected a TTL of at most"
            + " 2147483647, or a record type)",
        "a.example CNAME b\\|file:4: a backslash at the end of a line",
        "a.example TXT \"b\\|file:4: a backslash at the end of a line",
        "a.example TXT \"b|file:4: a quote that is never closed",
        "a.example TXT b\fc|file:4: a character that is no text (expected \\DDD in its place)",
        "a.example TXT b\\\u0001c|file:4: a character that is no text (expected \\DDD in its"
            + " place)",
        "a.example TXT ) b (|file:4: a parenthesis that was never opened",
        "(TXT TXT b)|file:4: a parenthesis at the beginning (expected a name or a blank)",
      })
  void read_badLine_isRefusedWithItsPlace(String line, String problem) {
    assertThatThrownBy(() -> read(SOA, line)).hasMessage(problem);
  }

  @Test
  void read_escapesAndQuotes_hideWhatPartsWords() {
    PolicyList zone =
        read(
            SOA,
            "a\\ b.example CNAME .",
            "a\\;\\(b.example CNAME .",
            "@\\..example CNAME *.",
            "c.example TXT \"; ( \\\"\" d");

    assertThat(action(zone, "a\\032b.example")).isEqualTo(Action.NXDOMAIN);
    assertThat(action(zone, "a\\059\\040b.example")).isEqualTo(Action.NXDOMAIN);
    assertThat(action(zone, "@\\046.example")).isEqualTo(Action.NODATA);
    assertThat(ruling(zone, "c.example").rule().data().getFirst().rdata())
        .containsExactly(5, ';', ' ', '(', ' ', '"', 1, 'd');
  }

  @Test
  void read_commentOfAnything_isNoPartOfARecord() {
    PolicyList zone = read(SOA, "bad.example CNAME . ; ) \" \f \\", ";\ufffd\\");

    assertThat(action(zone, "bad.example")).isEqualTo(Action.NXDOMAIN);
  }

  @Test
  void read_parenthesisWithoutEnd_isRefusedWhenItIsTooLong() {
    String[] lines = new String[20];
    Arrays.fill(lines, "a".repeat(LineReader.MAX_LINE_LENGTH));
    lines[0] = SOA + "\na.example TXT (";

    assertThatThrownBy(() -> read(lines))
        .hasMessage("file:4: a record longer than 65536 characters");
  }

  @Test
  void read_emptyFile_isNoZone() {
    assertThatThrownBy(() -> read("; nothing"))
        .hasMessage("file:1: no record (expected a zone that begins with its SOA)");
  }

  private PolicyList read(String... lines) {
    RpzConfig config = new RpzConfig("threats", Path.of("threats.zone"), ListReason.BLOCKED);
    return LocalPolicies.parse(Parsers.rpz(config, 60), notes, Integer.MAX_VALUE, lines).rules();
  }

  private static @Nullable Action action(PolicyList list, String name) {
    byte[] wire = Names.parse(name);
    Ruling ruling = new PolicyLookup().ofName(new LocalPolicy(List.of(list)), wire, 0, wire.length);
    return ruling == null ? null : ruling.rule().action();
  }

  private static Ruling ruling(PolicyList list, String name) {
    byte[] wire = Names.parse(name);
    return Objects.requireNonNull(
        new PolicyLookup().ofName(new LocalPolicy(List.of(list)), wire, 0, wire.length), name);
  }

  private static Ruling found(PolicyList list, String address) {
    return Objects.requireNonNull(find(list, address), address);
  }

  private static @Nullable Ruling find(PolicyList list, String address) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    return new LocalPolicy(List.of(list)).find(Cidr.high(bytes), Cidr.low(bytes));
  }
}
