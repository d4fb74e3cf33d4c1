package dev.holdfast.resolve;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerBuilder;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.Section;

/**
 * The answer to questions for type ANY over UDP: one HINFO record that names the RFC, so that ANY
 * is of no use to an amplifier (RFC 8482 §4.2).
 */
final class MinimalAny {

  private static final int TTL_SECONDS = 3600;

  /** CPU "RFC8482" and an empty OS, as character strings (RFC 1035 §3.3.2). */
  private static final byte[] RDATA = {7, 'R', 'F', 'C', '8', '4', '8', '2', 0};

  /** Its owner is a pointer to the question's name, whatever that is. */
  static final Answer ANSWER = build();

  private MinimalAny() {}

  private static Answer build() {
    byte[] question = {1, 'a', 0, 0, (byte) RecordType.ANY, 0, RecordClass.IN};
    byte[] owner = {1, 'a', 0};
    return new AnswerBuilder()
        .begin(question, 0, question.length)
        .record(Section.ANSWER, owner, RecordType.HINFO, RecordClass.IN, TTL_SECONDS, RDATA)
        .build(Rcode.NOERROR, /* authenticData= */ false);
  }
}
