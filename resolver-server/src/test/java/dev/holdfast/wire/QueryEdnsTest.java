package dev.holdfast.wire;

import static dev.holdfast.wire.MessageBytes.bytes;
import static dev.holdfast.wire.MessageBytes.name;
import static dev.holdfast.wire.MessageBytes.option;
import static dev.holdfast.wire.MessageBytes.pointer;
import static dev.holdfast.wire.MessageBytes.uint16;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QueryEdnsTest {

  private static final byte[] ROOT = {0};
  private static final int COOKIE = 10;
  private static final int UNKNOWN_OPTION = 65_001;

  private final Query query = new Query();

  @ParameterizedTest
  @CsvSource({
    "0, 512",
    "1, 512",
    "511, 512",
    "512, 512",
    "513, 513",
    "1231, 1231",
    "1232, 1232",
    "1233, 1232",
    "4096, 1232",
    "65535, 1232",
  })
  void parse_payload_isClamped(int requested, int expected) {
    assertThat(parse(question().opt(requested, 0))).isEqualTo(Query.ACCEPTED);
    assertThat(query.edns()).isTrue();
    assertThat(query.payload()).isEqualTo(expected);
  }

  @Test
  void parse_dnssecOk_isReadAndAsksForAuthenticData() {
    assertThat(parse(question().opt(1232, Edns.DO))).isEqualTo(Query.ACCEPTED);
    assertThat(query.dnssecOk()).isTrue();
    assertThat(query.authenticDataWanted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0x4000, 0x0001, 0x7fff})
  void parse_unknownFlags_areIgnored(int flags) {
    assertThat(parse(question().opt(1232, flags))).isEqualTo(Query.ACCEPTED);
    assertThat(query.dnssecOk()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100, 127, 128, 255})
  void parse_otherVersion_isBadVersion(int version) {
    assertThat(parse(question().opt(ROOT, 1400, 0, version, Edns.DO))).isEqualTo(Rcode.BADVERS);
    assertThat(query.edns()).isTrue();
    assertThat(query.dnssecOk()).isTrue();
    assertThat(query.payload()).isEqualTo(1232);
  }

  @Test
  void parse_otherVersionBehindABrokenMessage_isMalformed() {
    assertThat(parse(question().opt(ROOT, 1400, 0, 1, 0).append(bytes(0))))
        .isEqualTo(Rcode.FORMERR);
  }

  @Test
  void parse_extendedRcodeInAQuery_isIgnored() {
    assertThat(parse(question().opt(ROOT, 1232, 0xff, 0, 0))).isEqualTo(Query.ACCEPTED);
  }

  @Attack(Threat.EDNS_GARBAGE)
  @Test
  void parse_twoOptRecords_isMalformed() {
    assertThat(parse(question().opt(1232, 0).opt(1232, 0))).isEqualTo(Rcode.FORMERR);
    assertThat(query.edns()).isTrue();
    assertThat(parse(question().opt(ROOT, 1232, 0, 1, 0).opt(ROOT, 1232, 0, 1, 0)))
        .isEqualTo(Rcode.FORMERR);
  }

  @Test
  void parse_ownerOtherThanRoot_isMalformed() {
    assertThat(parse(question().opt(name("example.org"), 1232, 0, 0, 0))).isEqualTo(Rcode.FORMERR);
    assertThat(parse(question().opt(pointer(Header.LENGTH), 1232, 0, 0, 0)))
        .isEqualTo(Rcode.FORMERR);
  }

  @Test
  void parse_optBehindAnotherRecord_isRead() {
    assertThat(
            parse(
                question()
                    .additional(name("key.example"), RecordType.TSIG, 0, new byte[20])
                    .opt(1232, Edns.DO)))
        .isEqualTo(Query.ACCEPTED);
    assertThat(query.dnssecOk()).isTrue();
  }

  @Test
  void parse_unknownOptions_areIgnored() {
    assertThat(
            parse(
                question()
                    .opt(
                        1232,
                        0,
                        option(UNKNOWN_OPTION),
                        option(UNKNOWN_OPTION, new byte[300]),
                        option(COOKIE, new byte[8]))))
        .isEqualTo(Query.ACCEPTED);
    assertThat(query.keepaliveRequested()).isFalse();
  }

  @Test
  void parse_optionsUpToTheBound_areAccepted() {
    byte[][] options = new byte[Edns.MAX_OPTIONS][];
    Arrays.fill(options, option(UNKNOWN_OPTION));

    assertThat(parse(question().opt(1232, 0, options))).isEqualTo(Query.ACCEPTED);
    assertThat(parse(question().opt(1232, 0, MessageBytes.join(options), option(UNKNOWN_OPTION))))
        .isEqualTo(Rcode.FORMERR);
  }

  @Attack(Threat.EDNS_GARBAGE)
  @Test
  void parse_thousandOptions_isMalformed() {
    byte[] options = new byte[1000 * Edns.OPTION_HEADER_LENGTH];

    assertThat(parse(question().opt(1232, 0, options))).isEqualTo(Rcode.FORMERR);
  }

  @Attack(Threat.EDNS_GARBAGE)
  @Test
  void parse_optionPastTheEnd_isMalformed() {
    byte[] tooLong = MessageBytes.join(uint16(COOKIE), uint16(9), new byte[8]);

    assertThat(parse(question().opt(1232, 0, tooLong))).isEqualTo(Rcode.FORMERR);
    assertThat(parse(question().opt(1232, 0, uint16(COOKIE), uint16(65_535))))
        .isEqualTo(Rcode.FORMERR);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void parse_optionHeaderCutShort_isMalformed(int length) {
    assertThat(parse(question().opt(1232, 0, new byte[length]))).isEqualTo(Rcode.FORMERR);
    assertThat(parse(question().opt(1232, 0, option(UNKNOWN_OPTION), new byte[length])))
        .isEqualTo(Rcode.FORMERR);
    assertThat(query.edns()).isTrue();
  }

  @Test
  void parse_rdlengthPastTheMessage_isMalformed() {
    byte[] message = question().opt(1232, 0).toBytes();
    Header.putUint16(message, message.length - 2, 1);

    assertThat(query.parse(message, 0, message.length)).isEqualTo(Rcode.FORMERR);
  }

  @Test
  void parse_keepalive_isSeenAmongOtherOptions() {
    assertThat(
            parse(
                question()
                    .opt(1232, 0, option(COOKIE, new byte[8]), option(Edns.OPTION_TCP_KEEPALIVE))))
        .isEqualTo(Query.ACCEPTED);
    assertThat(query.keepaliveRequested()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 17, 24, 40})
  void parse_cookieOfAllowedLength_isFound(int length) {
    byte[] cookie = new byte[length];
    Arrays.fill(cookie, (byte) 7);
    byte[] message =
        question().opt(1232, 0, option(UNKNOWN_OPTION), option(COOKIE, cookie)).toBytes();

    assertThat(query.parse(message, 0, message.length)).isEqualTo(Query.ACCEPTED);
    assertThat(query.cookieLength()).isEqualTo(length);
    assertThat(query.cookieOffset()).isEqualTo(message.length - length);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 9, 15, 41, 64, 300})
  void parse_cookieOfOtherLength_isMalformed(int length) {
    assertThat(parse(question().opt(1232, 0, option(COOKIE, new byte[length]))))
        .isEqualTo(Rcode.FORMERR);
    assertThat(query.cookieLength()).isZero();
  }

  @Test
  void parse_cookiePastTheEnd_isMalformedAndNotRead() {
    byte[] cut = MessageBytes.join(uint16(COOKIE), uint16(16), new byte[8]);

    assertThat(parse(question().opt(1232, 0, cut))).isEqualTo(Rcode.FORMERR);
    assertThat(query.cookieLength()).isZero();
  }

  @Test
  void parse_twoCookies_firstCounts() {
    assertThat(
            parse(
                question().opt(1232, 0, option(COOKIE, new byte[8]), option(COOKIE, new byte[24]))))
        .isEqualTo(Query.ACCEPTED);
    assertThat(query.cookieLength()).isEqualTo(8);
  }

  @Test
  void parse_noQuestion_isAcceptedWithACookieOnly() {
    assertThat(parse(MessageBytes.query().opt(1232, 0, option(COOKIE, new byte[8]))))
        .isEqualTo(Query.ACCEPTED);
    assertThat(parse(MessageBytes.query().opt(1232, 0, option(UNKNOWN_OPTION, new byte[8]))))
        .isEqualTo(Rcode.FORMERR);
  }

  private static MessageBytes question() {
    return MessageBytes.query("example.org", RecordType.A);
  }

  private int parse(MessageBytes message) {
    byte[] bytes = message.toBytes();
    return query.parse(bytes, 0, bytes.length);
  }
}
