package dev.holdfast.store;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerCodec;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.ReplyKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers as records and back: times of the monotonic clock become times of the wall clock, numbers
 * of routes become their suffixes. Reused; confined to one thread.
 *
 * <pre>
 * key    | suffix length 1 | suffix of the route | cache key without the route |
 * value  | kind 1 | learnt at, in wall-clock milliseconds 8 | TTL seconds 4 | stale seconds 4 | answer |
 * </pre>
 */
final class AnswerRecords {

  /*
   * A wall clock can be wrong when a machine starts, and be set later. An answer that seems to come
   * from the future has an age that nobody knows. Up to a minute that is taken for the clock being
   * corrected, and the answer for new. Beyond it the answer counts as one whose TTL ends now: it is
   * verified first, and still helps for as long as stale answers do while upstreams fail. An answer
   * that seems too old is left alone: it may well be.
   */
  private static final long MAX_CLOCK_CORRECTION_MILLIS = 60_000;

  /** Longer TTLs and stale times than can be configured are not ours. */
  private static final int MAX_SECONDS = (int) Duration.ofDays(7).toSeconds();

  private static final int LEARNT_AT_OFFSET = 1;
  private static final int TTL_OFFSET = 9;
  private static final int STALE_OFFSET = 13;
  private static final int VALUE_FIXED_LENGTH = 17;
  private static final byte POSITIVE = 1;
  private static final byte NODATA = 2;
  private static final byte NXDOMAIN = 3;

  private final QuestionKeys keys;
  private final AnswerCodec codec = new AnswerCodec();

  /** One instant on both clocks. */
  record Moment(long wallMillis, long nanos) {}

  AnswerRecords(RouteNames routes) {
    this.keys = new QuestionKeys(routes);
  }

  /** Adds the record of an answer, or of its removal; none when its route is no more. */
  void put(CacheKey key, @Nullable CacheEntry entry, Moment now, RecordBuffer out) {
    byte[] suffix = keys.suffix(key);
    if (suffix == null) {
      return;
    }
    int keyLength = QuestionKeys.length(key, suffix);
    if (entry == null) {
      QuestionKeys.write(key, suffix, out.room(keyLength), out.keyOffset());
      out.add(RecordBuffer.REMOVE, keyLength, 0, 0);
      return;
    }
    byte kind = code(entry.kind());
    long staleSeconds = TimeUnit.NANOSECONDS.toSeconds(entry.staleNanos());
    int ttlSeconds = Math.min(entry.ttlSeconds(), MAX_SECONDS);
    if (kind == 0) {
      return;
    }
    long ageMillis = TimeUnit.NANOSECONDS.toMillis(now.nanos - entry.storedAtNanos());
    long learntAtMillis = now.wallMillis - ageMillis;
    int valueLength = VALUE_FIXED_LENGTH + AnswerCodec.encodedLength(entry);
    byte[] bytes = out.room(keyLength + valueLength);
    QuestionKeys.write(key, suffix, bytes, out.keyOffset());
    int value = out.keyOffset() + keyLength;
    bytes[value] = kind;
    RecordBuffer.putLong(bytes, value + LEARNT_AT_OFFSET, learntAtMillis);
    Header.putUint32(bytes, value + TTL_OFFSET, ttlSeconds);
    Header.putUint32(bytes, value + STALE_OFFSET, staleSeconds);
    AnswerCodec.encode(entry, bytes, value + VALUE_FIXED_LENGTH);
    long endsAtMillis = learntAtMillis + TimeUnit.SECONDS.toMillis(ttlSeconds + staleSeconds);
    out.add(RecordBuffer.PUT, keyLength, valueLength, endsAtMillis);
  }

  /** Returns the key of a record, or null when it is none or its route is no more. */
  @Nullable CacheKey key(RecordScanner record) {
    int offset = record.keyOffset();
    return keys.question(record.bytes(), offset, offset + record.keyLength());
  }

  /**
   * Returns the entry of a record, or null when it is past its stale time or malformed.
   *
   * @param maxStaleNanos the longest stale time that the operator allows now
   */
  @Nullable CacheEntry entry(CacheKey key, RecordScanner record, long maxStaleNanos, Moment now) {
    if (record.valueLength() < VALUE_FIXED_LENGTH) {
      return null;
    }
    int offset = record.valueOffset();
    ByteBuffer fixed = ByteBuffer.wrap(record.bytes(), offset, VALUE_FIXED_LENGTH);
    ReplyKind kind = kind(fixed.get());
    long learntAtMillis = fixed.getLong();
    int ttlSeconds = fixed.getInt();
    int staleSeconds = fixed.getInt();
    if (kind == null
        || learntAtMillis < 0
        || ttlSeconds < 0
        || ttlSeconds > MAX_SECONDS
        || staleSeconds < 0
        || staleSeconds > MAX_SECONDS) {
      return null;
    }
    long staleNanos = Math.min(TimeUnit.SECONDS.toNanos(staleSeconds), maxStaleNanos);
    long ttlNanos = TimeUnit.SECONDS.toNanos(ttlSeconds);
    long ageMillis = now.wallMillis - learntAtMillis;
    long ageNanos =
        ageMillis < -MAX_CLOCK_CORRECTION_MILLIS
            ? ttlNanos
            : TimeUnit.MILLISECONDS.toNanos(Math.max(ageMillis, 0));
    if (ageNanos >= ttlNanos + staleNanos) {
      return null;
    }
    Answer answer =
        codec.decode(
            key.question(),
            record.bytes(),
            offset + VALUE_FIXED_LENGTH,
            offset + record.valueLength());
    return answer == null
        ? null
        : new CacheEntry(answer, kind, ttlSeconds, staleNanos, now.nanos - ageNanos);
  }

  private static byte code(ReplyKind kind) {
    return switch (kind) {
      case POSITIVE -> POSITIVE;
      case NODATA -> NODATA;
      case NXDOMAIN -> NXDOMAIN;
      case FAILURE, TRUNCATED, MALFORMED -> 0;
    };
  }

  private static @Nullable ReplyKind kind(byte code) {
    return switch (code) {
      case POSITIVE -> ReplyKind.POSITIVE;
      case NODATA -> ReplyKind.NODATA;
      case NXDOMAIN -> ReplyKind.NXDOMAIN;
      default -> null;
    };
  }
}
