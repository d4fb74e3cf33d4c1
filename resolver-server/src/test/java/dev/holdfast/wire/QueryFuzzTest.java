package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;

/** The gate for queries, with dnsjava as the judge of what it accepts. */
final class QueryFuzzTest {

  private static final ResponseAssembler ASSEMBLER = new ResponseAssembler(100);
  private static final int OFFSET = 3;
  private static final int MAX_LENGTH = 4096;

  private final byte[] out = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];

  static Stream<byte[]> seeds() {
    return Seeds.of(QueryFuzzTest.class);
  }

  @Attack({Threat.EDNS_GARBAGE, Threat.LYING_COUNTS})
  @MethodSource("seeds")
  @FuzzTest
  void parse_anyBytes_agreesWithDnsjavaAndNeverThrows(byte[] message) {
    if (message.length > MAX_LENGTH) {
      return;
    }
    byte[] buffer = new byte[OFFSET + message.length + 2];
    Arrays.fill(buffer, (byte) 1);
    System.arraycopy(message, 0, buffer, OFFSET, message.length);
    Query query = new Query();

    int result = query.parse(buffer, OFFSET, message.length);

    if (message.length < Header.LENGTH) {
      assertThat(result).isEqualTo(Query.TOO_SHORT);
      return;
    }
    if ((message[Header.FLAGS_OFFSET] & 0x80) != 0) {
      assertThat(result).isEqualTo(Query.NOT_A_QUERY);
      return;
    }
    assertThat(result).isIn(Query.ACCEPTED, Rcode.FORMERR, Rcode.NOTIMP, Rcode.BADVERS);
    assertThat(query.copy()).isEqualTo(message);
    Message asked = parse(message);
    if (asked != null && result == Query.ACCEPTED) {
      assertSame(query, asked);
    }
    assertErrorIsWellFormed(query, message, result);
  }

  private static void assertSame(Query query, Message asked) {
    Record question = asked.getQuestion();
    assertThat(query.questionLength() == 0).isEqualTo(question == null);
    if (question == null) {
      return; // It asks for a cookie.
    }
    assertThat(Names.folded(query.bytes(), query.qnameOffset(), query.qnameLength()))
        .isEqualTo(question.getName().toWireCanonical());
    assertThat(query.qtype()).isEqualTo(question.getType());
    assertThat(query.qclass()).isEqualTo(question.getDClass());
    assertThat(query.id()).isEqualTo(asked.getHeader().getID());
    assertThat(query.opcode()).isEqualTo(asked.getHeader().getOpcode());
    OPTRecord opt = asked.getOPT();
    assertThat(query.edns()).isEqualTo(opt != null);
    if (opt != null) {
      /* With the top bit set dnsjava takes version and flags for a TTL, and that for 0. */
      boolean readable = opt.getTTL() != 0;
      assertThat(!readable || query.dnssecOk() == ((opt.getFlags() & ExtendedFlags.DO) != 0))
          .isTrue();
      assertThat(query.payload())
          .isEqualTo(Math.clamp(opt.getPayloadSize(), Edns.MIN_PAYLOAD, Edns.MAX_PAYLOAD));
      assertThat(query.keepaliveRequested())
          .isEqualTo(
              opt.getOptions().stream()
                  .anyMatch(option -> option.getCode() == Edns.OPTION_TCP_KEEPALIVE));
    }
  }

  private void assertErrorIsWellFormed(Query query, byte[] message, int result) {
    byte[] notice = ExtendedError.option(ExtendedError.OTHER, "notice");
    int rcode = result == Query.ACCEPTED ? Rcode.SERVFAIL : result;
    int length = ASSEMBLER.error(query, rcode, notice, /* stream= */ false, out);

    Message response = Walk.parse(Arrays.copyOf(out, length));
    assertThat(length).isLessThanOrEqualTo(query.payload());
    assertThat(response.getRcode() & 0xf).isEqualTo(rcode & 0xf);
    assertThat(response.getHeader().getID()).isEqualTo(Header.uint16(message, 0));
    assertThat(response.getOPT() != null).isEqualTo(query.edns());
  }

  /** With TC set dnsjava takes a message as far as it can be read, so it is no judge. */
  private static @Nullable Message parse(byte[] message) {
    if ((Header.uint16(message, Header.FLAGS_OFFSET) & Header.TC) != 0) {
      return null;
    }
    try {
      return new Message(message);
    } catch (IOException | RuntimeException malformed) {
      return null;
    }
  }
}
