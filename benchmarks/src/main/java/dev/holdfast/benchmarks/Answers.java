package dev.holdfast.benchmarks;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerBuilder;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import dev.holdfast.wire.Section;
import java.util.concurrent.TimeUnit;

/** Answers as upstreams give them. */
final class Answers {

  static final int TTL_SECONDS = 86_400;

  private static final byte[] NO_QUESTION = {};
  private static final int DOCUMENTATION_ADDRESSES = 250;

  private Answers() {}

  /** Returns an answer of some A records, whose address tells {@code number}. */
  static Answer addresses(byte[] name, int number, int records) {
    byte[] question = question(name);
    AnswerBuilder answer = new AnswerBuilder().begin(question, 0, question.length);
    for (int i = 0; i < records; i++) {
      byte last = (byte) (1 + (number + i) % DOCUMENTATION_ADDRESSES);
      byte[] address = {(byte) 192, 0, 2, last};
      answer.record(Section.ANSWER, name, RecordType.A, RecordClass.IN, TTL_SECONDS, address);
    }
    return answer.build(Rcode.NOERROR, /* authenticData= */ false);
  }

  /** Returns the answer that a name does not exist. */
  static Answer absent() {
    return new AnswerBuilder()
        .begin(NO_QUESTION, 0, 0)
        .build(Rcode.NXDOMAIN, /* authenticData= */ false);
  }

  /** Returns an entry of the cache that was learnt just now. */
  static CacheEntry entry(Answer answer, long nowNanos) {
    return new CacheEntry(
        answer, ReplyKind.POSITIVE, TTL_SECONDS, TimeUnit.DAYS.toNanos(1), nowNanos);
  }

  private static byte[] question(byte[] name) {
    return Questions.key(name).question();
  }
}
