package dev.holdfast.store;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerCodec;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Histories as values of {@link Table#HISTORIES} and back: times of the monotonic clock become
 * times of the wall clock. Reused; confined to one thread.
 *
 * <pre>
 * value  | version 1 | flags 1 | first seen 8 | last positive 8 | vanished at 8 | refreshes 4 |
 *        | record sets 1 | per record set: length 2, answer |
 * </pre>
 */
public final class HistoryCodec {

  private static final byte VERSION = 1;
  private static final int FIXED_LENGTH = 31;
  private static final int VANISHED = 1;
  private static final int RELEASED = 2;

  private static final int FLAGS_OFFSET = 1;

  private final AnswerCodec codec = new AnswerCodec();

  /** Returns a history as bytes; its oldest record sets are left out when they do not fit. */
  public static byte[] encode(History history, long wallMillis, long nowNanos) {
    List<Answer> sets = new ArrayList<>();
    int length = FIXED_LENGTH;
    for (Answer set : history.recordSets()) {
      int more = 2 + AnswerCodec.encodedLength(set);
      if (length + more <= Journal.MAX_VALUE_LENGTH) {
        sets.add(set);
        length += more;
      }
    }
    byte[] value = new byte[length];
    ByteBuffer out = ByteBuffer.wrap(value);
    out.put(VERSION)
        .put((byte) ((history.vanished() ? VANISHED : 0) | (history.released() ? RELEASED : 0)))
        .putLong(toWall(history.firstSeenNanos(), wallMillis, nowNanos))
        .putLong(toWall(history.lastPositiveNanos(), wallMillis, nowNanos))
        .putLong(history.vanished() ? toWall(history.vanishedAtNanos(), wallMillis, nowNanos) : 0)
        .putInt(history.refreshes())
        .put((byte) sets.size());
    for (Answer set : sets) {
      int setLength = AnswerCodec.encodedLength(set);
      out.putShort((short) setLength);
      AnswerCodec.encode(set, value, out.position());
      out.position(out.position() + setLength);
    }
    return value;
  }

  /** Whether a record is the history of a name that upstreams say is gone. */
  static boolean isVanished(RecordScanner record) {
    return record.valueLength() > FLAGS_OFFSET
        && (record.bytes()[record.valueOffset() + FLAGS_OFFSET] & VANISHED) != 0;
  }

  /** Returns the history that {@link #encode} wrote, or null when the bytes are none. */
  public @Nullable History decode(CacheKey question, byte[] value, long wallMillis, long nowNanos) {
    ByteBuffer in = ByteBuffer.wrap(value);
    try {
      if (in.get() != VERSION) {
        return null;
      }
      int flags = in.get();
      long firstSeenNanos = toNanos(in.getLong(), wallMillis, nowNanos);
      long lastPositiveNanos = toNanos(in.getLong(), wallMillis, nowNanos);
      long vanishedAtNanos = toNanos(in.getLong(), wallMillis, nowNanos);
      int refreshes = in.getInt();
      List<Answer> sets = recordSets(in, question, value);
      boolean vanished = (flags & VANISHED) != 0;
      return sets == null || refreshes < 0
          ? null
          : new History(
              firstSeenNanos,
              lastPositiveNanos,
              refreshes,
              sets,
              vanished ? vanishedAtNanos : 0,
              vanished,
              (flags & RELEASED) != 0);
    } catch (BufferUnderflowException cutShort) {
      return null;
    }
  }

  private @Nullable List<Answer> recordSets(ByteBuffer in, CacheKey question, byte[] value) {
    int count = in.get();
    if (count < 1 || count > History.MAX_RECORD_SETS) {
      return null;
    }
    List<Answer> sets = new ArrayList<>();
    byte[] asked = question.question();
    for (int i = 0; i < count; i++) {
      int length = in.getShort() & 0xffff;
      int start = in.position();
      Answer set =
          length > in.remaining() ? null : codec.decode(asked, value, start, start + length);
      if (set == null) {
        return null;
      }
      sets.add(set);
      in.position(start + length);
    }
    return sets;
  }

  private static long toWall(long nanos, long wallMillis, long nowNanos) {
    return wallMillis - TimeUnit.NANOSECONDS.toMillis(nowNanos - nanos);
  }

  /* A time from the future is taken for now: a wall clock can be wrong and be set later. */
  private static long toNanos(long atMillis, long wallMillis, long nowNanos) {
    return nowNanos - TimeUnit.MILLISECONDS.toNanos(Math.max(wallMillis - atMillis, 0));
  }
}
