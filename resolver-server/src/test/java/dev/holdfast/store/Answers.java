package dev.holdfast.store;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerBuilder;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import dev.holdfast.wire.Section;
import java.time.Duration;
import java.util.Arrays;

/** Keys and answers with a number in them: an address record per name. */
final class Answers {

  static final Duration STALE = Duration.ofDays(1);
  static final int TTL_SECONDS = 300;

  /** Longest message with one question and one address. */
  private static final int MAX_LENGTH = 512;

  private static final AnswerBuilder BUILDER = new AnswerBuilder();

  private Answers() {}

  /** Returns the key of the address of a name, on route 0. */
  static CacheKey key(String name) {
    return key(0, name);
  }

  static CacheKey key(int route, String name) {
    byte[] qname = Names.parse(name);
    byte[] encoded = new byte[5 + qname.length];
    Header.putUint16(encoded, 1, RecordType.A);
    Header.putUint16(encoded, 3, RecordClass.IN);
    System.arraycopy(qname, 0, encoded, 5, qname.length);
    CacheKey key = CacheKey.decode(route, encoded, 0, encoded.length);
    if (key == null) {
      throw new IllegalArgumentException(name);
    }
    return key;
  }

  /** Returns a positive answer with the number as its address. */
  static CacheEntry entry(CacheKey key, int number, long nowNanos) {
    return new CacheEntry(
        answer(key, number), ReplyKind.POSITIVE, TTL_SECONDS, STALE.toNanos(), nowNanos);
  }

  /** Returns an NXDOMAIN without records. */
  static CacheEntry negative(CacheKey key, int ttlSeconds, long nowNanos) {
    byte[] question = key.question();
    Answer answer;
    synchronized (BUILDER) {
      answer = BUILDER.begin(question, 0, question.length).build(Rcode.NXDOMAIN, false);
    }
    return new CacheEntry(answer, ReplyKind.NXDOMAIN, ttlSeconds, 0, nowNanos);
  }

  static Answer answer(CacheKey key, int number) {
    byte[] question = key.question();
    byte[] address = new byte[4];
    Header.putUint32(address, 0, number);
    synchronized (BUILDER) {
      return BUILDER
          .begin(question, 0, question.length)
          .record(Section.ANSWER, key.qname(), RecordType.A, RecordClass.IN, TTL_SECONDS, address)
          .build(Rcode.NOERROR, false);
    }
  }

  /** Returns the number in an answer that {@link #answer} made for the key. */
  static int number(CacheKey key, CacheEntry entry) {
    byte[] question = key.question();
    byte[] out = new byte[MAX_LENGTH];
    int length = entry.answer().writeMessage(question, out);
    int number = (int) Header.uint32(out, length - 4);
    byte[] expected = new byte[MAX_LENGTH];
    int expectedLength = answer(key, number).writeMessage(question, expected);
    if (!Arrays.equals(out, 0, length, expected, 0, expectedLength)) {
      throw new AssertionError("not the answer that was learnt for " + key);
    }
    return number;
  }
}
