package dev.holdfast.wire;

import static dev.holdfast.wire.MessageBytes.join;
import static dev.holdfast.wire.MessageBytes.name;
import static dev.holdfast.wire.MessageBytes.uint16;

import java.util.Arrays;
import org.xbill.DNS.Message;

/** Queries, answers and responses for the tests of {@link ResponseAssembler}. */
final class AssembledResponses {

  static final int KEEPALIVE_TENTHS = 123;
  static final byte[] NO_OPTION = {};
  static final String QNAME = "www.example.org";

  private static final byte CANARY = (byte) 0xa5;

  private final ResponseAssembler assembler = new ResponseAssembler(KEEPALIVE_TENTHS);
  private final byte[] out = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];

  static Query parsed(MessageBytes message) {
    byte[] bytes = message.toBytes();
    Query query = new Query();
    query.parse(bytes, 0, bytes.length);
    return query;
  }

  static MessageBytes query() {
    return MessageBytes.query(QNAME, RecordType.TXT).id(0xcafe);
  }

  static AnswerBuilder builder() {
    byte[] question = join(name(QNAME), uint16(RecordType.TXT), uint16(RecordClass.IN));
    return new AnswerBuilder().begin(question, 0, question.length);
  }

  /** An answer whose TXT record makes {@code recordsLength} bytes of records. */
  static Answer answerOf(int recordsLength) {
    return builder()
        .record(
            Section.ANSWER,
            name(QNAME),
            RecordType.TXT,
            RecordClass.IN,
            300,
            text(recordsLength - 12))
        .build(Rcode.NOERROR, false);
  }

  /** Character strings of {@code length} bytes in all. */
  static byte[] text(int length) {
    byte[] rdata = new byte[length];
    Arrays.fill(rdata, (byte) 'x');
    for (int position = 0; position < length; position += 256) {
      rdata[position] = (byte) Math.min(255, length - position - 1);
    }
    return rdata;
  }

  Message fresh(MessageBytes query, Answer answer, int ageSeconds, boolean stream) {
    return Walk.parse(freshBytes(query, answer, ageSeconds, stream));
  }

  byte[] freshBytes(MessageBytes query, Answer answer, int ageSeconds, boolean stream) {
    wipe();
    return written(assembler.fresh(parsed(query), answer, ageSeconds, stream, out));
  }

  Message stale(MessageBytes query, Answer answer, int maxTtlSeconds, byte[] option) {
    return Walk.parse(staleBytes(query, answer, maxTtlSeconds, option, /* stream= */ false));
  }

  byte[] staleBytes(
      MessageBytes query, Answer answer, int maxTtlSeconds, byte[] option, boolean stream) {
    wipe();
    return written(assembler.stale(parsed(query), answer, maxTtlSeconds, option, stream, out));
  }

  Message error(MessageBytes query, int rcode, byte[] option, boolean stream) {
    wipe();
    return Walk.parse(written(assembler.error(parsed(query), rcode, option, stream, out)));
  }

  private void wipe() {
    Arrays.fill(out, CANARY);
  }

  private byte[] written(int length) {
    for (int i = length; i < out.length; i++) {
      if (out[i] != CANARY) {
        throw new AssertionError("byte " + i + " was written behind a response of " + length);
      }
    }
    return Arrays.copyOf(out, length);
  }
}
