package dev.holdfast.cache;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerBuilder;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import dev.holdfast.wire.Section;
import java.util.concurrent.TimeUnit;

/** Answers and entries for tests. */
final class Entries {

  /** One minute before the clock wraps, which is where careless comparisons fail. */
  static final long NOW = Long.MAX_VALUE - TimeUnit.MINUTES.toNanos(1);

  private Entries() {}

  /** An answer with one TXT record of {@code textLength} bytes. */
  static Answer answer(int textLength, int ttlSeconds) {
    byte[] name = Names.parse("www.example.org");
    byte[] question =
        MessageBytes.join(
            name, MessageBytes.uint16(RecordType.TXT), MessageBytes.uint16(RecordClass.IN));
    return new AnswerBuilder()
        .begin(question, 0, question.length)
        .record(
            Section.ANSWER, name, RecordType.TXT, RecordClass.IN, ttlSeconds, new byte[textLength])
        .build(Rcode.NOERROR, /* authenticData= */ false);
  }

  static CacheEntry positive(int ttlSeconds, long staleNanos) {
    return new CacheEntry(answer(4, ttlSeconds), ReplyKind.POSITIVE, ttlSeconds, staleNanos, NOW);
  }

  static CacheEntry of(ReplyKind kind, int ttlSeconds, long staleNanos) {
    return new CacheEntry(answer(4, ttlSeconds), kind, ttlSeconds, staleNanos, NOW);
  }

  static long seconds(double seconds) {
    return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }
}
