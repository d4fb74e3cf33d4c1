package dev.holdfast.wire;

import static dev.holdfast.wire.AssembledResponses.answerOf;
import static dev.holdfast.wire.AssembledResponses.query;
import static dev.holdfast.wire.MessageBytes.name;
import static dev.holdfast.wire.MessageBytes.option;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/** What is left out when a response is too big for its client. */
final class ResponseSizeTest {

  private static final int QUESTION_END = Header.LENGTH + 17 + 4;
  private static final int LARGEST = AnswerBuilder.MAX_MESSAGE_LENGTH;
  private static final byte[] STALE = ExtendedError.option(ExtendedError.STALE_ANSWER, "");

  private final AssembledResponses responses = new AssembledResponses();

  @ParameterizedTest
  @CsvSource({"0, 512", "300, 512", "512, 512", "1000, 1000", "1232, 1232", "4096, 1232"})
  void fresh_aroundThePayload_isCutAboveIt(int payload, int limit) {
    MessageBytes query = query().opt(payload, 0);
    int exact = limit - QUESTION_END - Edns.RECORD_LENGTH;
    for (int recordsLength = exact - 3; recordsLength <= exact + 3; recordsLength++) {
      byte[] bytes = responses.freshBytes(query, answerOf(recordsLength), 0, false);

      assertFitsOrIsTruncated(bytes, recordsLength, exact, limit);
      assertThat(Walk.parse(bytes).getOPT()).isNotNull();
    }
  }

  @Test
  void fresh_withoutEdns_isCutAbove512() {
    int exact = 512 - QUESTION_END;
    for (int recordsLength = exact - 3; recordsLength <= exact + 3; recordsLength++) {
      byte[] bytes = responses.freshBytes(query(), answerOf(recordsLength), 0, false);

      assertFitsOrIsTruncated(bytes, recordsLength, exact, 512);
      assertThat(Walk.parse(bytes).getOPT()).isNull();
    }
  }

  private static void assertFitsOrIsTruncated(
      byte[] bytes, int recordsLength, int exact, int limit) {
    Message message = Walk.parse(bytes);
    boolean fits = recordsLength <= exact;
    assertThat(bytes).hasSizeLessThanOrEqualTo(limit);
    assertThat(message.getHeader().getFlag(Flags.TC)).isEqualTo(!fits);
    assertThat(message.getSection(org.xbill.DNS.Section.ANSWER)).hasSize(fits ? 1 : 0);
    assertThat(message.getSection(org.xbill.DNS.Section.QUESTION)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {513, 1233, 4096, 16_384, 65_000})
  void fresh_overAStream_isWhole(int recordsLength) {
    for (MessageBytes query : new MessageBytes[] {query(), query().opt(512, 0)}) {
      Message message = responses.fresh(query, answerOf(recordsLength), 0, /* stream= */ true);

      assertThat(message.getHeader().getFlag(Flags.TC)).isFalse();
      assertThat(message.getSection(org.xbill.DNS.Section.ANSWER)).hasSize(1);
    }
  }

  @Test
  void fresh_largestMessageOverAStream_neverRunsOverTheBuffer() {
    MessageBytes asking = query().opt(1232, 0, option(Edns.OPTION_TCP_KEEPALIVE));
    int most = LARGEST - QUESTION_END;
    for (int missing = 0; missing < 30; missing++) {
      Answer answer = answerOf(most - missing);

      Message plain = responses.fresh(query(), answer, 0, /* stream= */ true);
      Message edns = responses.fresh(asking, answer, 0, /* stream= */ true);
      Message stale =
          Walk.parse(responses.staleBytes(asking, answer, 30, STALE, /* stream= */ true));

      assertThat(plain.getHeader().getFlag(Flags.TC)).isFalse();
      boolean fits = missing >= Edns.RECORD_LENGTH;
      assertThat(edns.getHeader().getFlag(Flags.TC)).isEqualTo(!fits);
      assertThat(stale.getHeader().getFlag(Flags.TC)).isEqualTo(!fits);
      boolean keepaliveFits = missing >= Edns.RECORD_LENGTH + 6;
      assertThat(edns.getOPT().getOptions()).hasSize(keepaliveFits ? 1 : 0);
    }
  }

  @Test
  void fresh_tooBigWithAdditional_dropsTheAdditionalFirst() {
    Answer answer =
        AssembledResponses.builder()
            .record(
                Section.ANSWER,
                name(AssembledResponses.QNAME),
                RecordType.TXT,
                1,
                300,
                AssembledResponses.text(400))
            .record(Section.ADDITIONAL, name("a.example.org"), RecordType.A, 1, 300, new byte[4])
            .record(
                Section.ADDITIONAL,
                name("b.example.org"),
                RecordType.TXT,
                1,
                300,
                AssembledResponses.text(300))
            .build(Rcode.NOERROR, false);

    Message cut = responses.fresh(query(), answer, 10, false);
    assertThat(cut.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(cut.getSection(org.xbill.DNS.Section.ANSWER)).hasSize(1);
    assertThat(cut.getSection(org.xbill.DNS.Section.ANSWER).getFirst().getTTL()).isEqualTo(290);
    assertThat(cut.getSection(org.xbill.DNS.Section.ADDITIONAL)).isEmpty();

    Message cutWithOpt = responses.fresh(query().opt(512, 0), answer, 10, false);
    assertThat(cutWithOpt.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(cutWithOpt.getSection(org.xbill.DNS.Section.ADDITIONAL)).hasSize(1);
    assertThat(cutWithOpt.getOPT()).isNotNull();

    Message stale = responses.stale(query(), answer, 30, STALE);
    assertThat(stale.getSection(org.xbill.DNS.Section.ADDITIONAL)).isEmpty();

    Message whole = responses.fresh(query().opt(1232, 0), answer, 10, false);
    assertThat(whole.getSection(org.xbill.DNS.Section.ADDITIONAL)).hasSize(3);
  }

  @Test
  void stale_extendedError_givesWayToRecords() {
    MessageBytes query = query().opt(512, 0);
    int exact = 512 - QUESTION_END - Edns.RECORD_LENGTH;
    for (int left = 0; left < 12; left++) {
      Message message = responses.stale(query, answerOf(exact - left), 30, STALE);

      assertThat(message.getHeader().getFlag(Flags.TC)).isFalse();
      assertThat(message.getSection(org.xbill.DNS.Section.ANSWER)).hasSize(1);
      assertThat(message.getOPT().getOptions()).hasSize(left >= STALE.length ? 1 : 0);
    }
  }

  @Test
  void fresh_truncated_keepsTheRcode() {
    AnswerBuilder builder = AssembledResponses.builder();
    for (int i = 0; i < 3; i++) {
      builder.record(
          Section.AUTHORITY,
          name("n" + i + ".example.org"),
          RecordType.NSEC3,
          1,
          300,
          new byte[250]);
    }
    Answer answer = builder.build(Rcode.NXDOMAIN, false);

    byte[] bytes = responses.freshBytes(query(), answer, 0, false);

    int flags = Header.uint16(bytes, Header.FLAGS_OFFSET);
    assertThat(flags & Header.TC).isNotZero();
    assertThat(flags & Header.RCODE_MASK).isEqualTo(Rcode.NXDOMAIN);
    assertThat(bytes).hasSize(QUESTION_END);
  }

  @Test
  void error_longestQuestionAndNotice_fitsTheSmallestPayload() {
    String longest = ("a".repeat(63) + ".").repeat(3) + "b".repeat(61);
    byte[] notice = ExtendedError.option(ExtendedError.OTHER, "x".repeat(100));
    MessageBytes query = MessageBytes.query(longest, RecordType.A).opt(0, 0);

    Message message = responses.error(query, Rcode.SERVFAIL, notice, false);

    assertThat(message.getOPT().getOptions()).hasSize(1);
    byte[] tooLong = ExtendedError.option(ExtendedError.OTHER, "x".repeat(300));
    assertThat(responses.error(query, Rcode.SERVFAIL, tooLong, false).getOPT().getOptions())
        .isEmpty();
  }
}
