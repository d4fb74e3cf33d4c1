package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Choices;
import dev.holdfast.fuzz.Seeds;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Responses made of what is stored: nothing differs from the stored bytes but what has to, which is
 * id, flags, the case of the question, TTLs and OPT. An input is the client (flags, size, case of
 * the name), an age, and the reply that was stored.
 */
final class AssemblyFuzzTest {

  private static final int KEEPALIVE_TENTHS = 100;
  private static final ResponseAssembler ASSEMBLER = new ResponseAssembler(KEEPALIVE_TENTHS);
  private static final TtlLimits LIMITS = new TtlLimits(0, 86_400, 300);
  private static final byte[] NOTICE = ExtendedError.option(ExtendedError.STALE_ANSWER, "held");
  private static final byte CANARY = (byte) 0xa5;
  private static final int MAX_LENGTH = 4096;

  private final byte[] out = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];
  private final byte[] stored = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];
  private final RecordWalk walk = new RecordWalk();

  static Stream<byte[]> seeds() {
    return Seeds.of(AssemblyFuzzTest.class);
  }

  @MethodSource("seeds")
  @FuzzTest
  void assemble_anyAnswer_changesOnlyWhatItHasTo(byte[] input) {
    if (input.length > MAX_LENGTH) {
      return;
    }
    Choices choices = new Choices(input);
    int client = choices.next();
    int queryFlags = choices.next16() & ~Header.QR & ~Header.OPCODE_MASK;
    int payload = choices.next16();
    int caseBits = choices.next16();
    int seconds = choices.next16();
    byte[] reply = choices.rest();
    ReplyReader reader = new ReplyReader(LIMITS, /* minimalResponses= */ false);
    switch (reader.read(reply, reply.length, /* dnssecOk= */ true)) {
      case POSITIVE, NODATA, NXDOMAIN -> {}
      case FAILURE, TRUNCATED, MALFORMED -> {
        return;
      }
    }
    byte[] question = question(reply);
    boolean stream = (client & 1) != 0;
    boolean stale = (client & 2) != 0;
    boolean edns = (client & 4) != 0;
    MessageBytes asked =
        MessageBytes.query().id(caseBits).flags(queryFlags).append(recased(question, caseBits));
    asked.count(Header.QDCOUNT_OFFSET, 1);
    if (edns) {
      byte[] options =
          (client & 8) != 0 ? MessageBytes.option(Edns.OPTION_TCP_KEEPALIVE) : new byte[0];
      asked.opt(payload, (client & 16) != 0 ? Edns.DO : 0, options);
    }
    byte[] message = asked.toBytes();
    Query query = new Query();
    if (query.parse(message, 0, message.length) != Query.ACCEPTED) {
      return;
    }
    Answer answer = reader.answer();
    Arrays.fill(out, CANARY);

    int length =
        stale
            ? ASSEMBLER.stale(query, answer, seconds, NOTICE, stream, out)
            : ASSEMBLER.fresh(query, answer, seconds, stream, out);

    assertThat(length == out.length || out[length] == CANARY).as("nothing behind it").isTrue();
    assertThat(length).isLessThanOrEqualTo(stream ? out.length : query.payload());
    int flags = assertHeadIsTheClients(query, message, answer, question.length);
    assertThat((flags & Header.AD) != 0)
        .isEqualTo(
            !stale
                && (flags & Header.TC) == 0
                && answer.authenticData()
                && query.authenticDataWanted());
    if ((flags & Header.TC) != 0) {
      assertThat(stream).isFalse();
      assertThat(Header.uint16(out, Header.ANCOUNT_OFFSET)).isZero();
    } else {
      assertRecordsAreTheStored(query, answer, question, stale, seconds);
    }
    assertEndIsOpt(query, length, stale);
  }

  private int assertHeadIsTheClients(Query query, byte[] message, Answer answer, int question) {
    assertThat(Header.uint16(out, 0)).isEqualTo(query.id());
    assertThat(Arrays.copyOfRange(out, Header.LENGTH, Header.LENGTH + question))
        .isEqualTo(Arrays.copyOfRange(message, Header.LENGTH, Header.LENGTH + question));
    int flags = Header.uint16(out, Header.FLAGS_OFFSET);
    int free = Header.TC | Header.AD;
    int echoed = query.flags() & (Header.RD | Header.CD);
    assertThat(flags & ~free)
        .isEqualTo(Header.QR | Header.RA | echoed | (answer.rcode() & Header.RCODE_MASK));
    assertThat(Header.uint16(out, Header.QDCOUNT_OFFSET)).isOne();
    return flags;
  }

  /* Additional records are left out all together where they do not fit. */
  private void assertRecordsAreTheStored(
      Query query, Answer answer, byte[] question, boolean stale, int seconds) {
    int storedLength = answer.writeMessage(question, stored);
    assertThat(walk.walk(stored, storedLength)).as("stored").isTrue();
    int additional = Header.uint16(out, Header.ARCOUNT_OFFSET) - (query.edns() ? 1 : 0);
    assertThat(additional).isIn(0, answer.additionalCount());
    assertThat(Header.uint16(out, Header.ANCOUNT_OFFSET)).isEqualTo(answer.answerCount());
    assertThat(Header.uint16(out, Header.NSCOUNT_OFFSET)).isEqualTo(answer.authorityCount());
    int records = answer.answerCount() + answer.authorityCount() + additional;
    int begin = Header.LENGTH + question.length;
    int end = begin + (additional == 0 ? answer.withoutAdditionalLength() : answer.recordsLength());
    for (int i = 0; i < records; i++) {
      int ttlOffset = walk.rdata(i) - 6;
      long ttl = walk.ttl(i);
      Header.putUint32(
          stored, ttlOffset, stale ? Math.min(ttl, seconds) : Math.max(ttl - seconds, 0));
    }
    assertThat(Arrays.equals(out, begin, end, stored, begin, end))
        .as("records as they are stored")
        .isTrue();
  }

  private void assertEndIsOpt(Query query, int length, boolean stale) {
    assertThat(walk.walk(out, length)).as("well-formed").isTrue();
    if (!query.edns()) {
      assertThat(walk.opt()).isEqualTo(RecordWalk.NONE);
      return;
    }
    int opt = walk.opt();
    assertThat(opt).isEqualTo(walk.end() - 1);
    assertThat(walk.recordClass(opt)).isEqualTo(Edns.MAX_PAYLOAD);
    assertThat(walk.ttl(opt) & 0xffffff).isEqualTo(query.dnssecOk() ? Edns.DO : 0);
    if (stale && walk.rdlength(opt) >= NOTICE.length) {
      assertThat(Arrays.copyOfRange(out, length - NOTICE.length, length)).isEqualTo(NOTICE);
    }
  }

  private static byte[] question(byte[] reply) {
    int nameLength = Names.length(reply, Header.LENGTH, reply.length);
    return Arrays.copyOfRange(reply, Header.LENGTH, Header.LENGTH + nameLength + 4);
  }

  /** Turns letters of the name round as the bits say; the client may write it as it likes. */
  private static byte[] recased(byte[] question, int bits) {
    byte[] recased = question.clone();
    for (int i = 0; i < question.length - 4; i++) {
      int letter = question[i] | 0x20;
      if (letter >= 'a' && letter <= 'z' && (bits >>> i % 16 & 1) != 0) {
        recased[i] ^= 0x20;
      }
    }
    return recased;
  }
}
