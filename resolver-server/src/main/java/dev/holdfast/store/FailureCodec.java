package dev.holdfast.store;

import dev.holdfast.cache.FailureMemory;
import dev.holdfast.cache.FailureMemory.Failure;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Failed questions as values of {@link Table#FAILURES} and back.
 *
 * <pre>
 * value  | version 1 | rcode 1 | failures 1 | not asked until, in wall-clock milliseconds 8 |
 * </pre>
 */
public final class FailureCodec {

  private static final byte VERSION = 1;
  private static final int LENGTH = 11;
  private static final long LONGEST_MILLIS =
      TimeUnit.NANOSECONDS.toMillis(FailureMemory.LONGEST_NANOS);

  private FailureCodec() {}

  /** Returns a failure as bytes. */
  public static byte[] encode(Failure failure, long wallMillis, long nowNanos) {
    return ByteBuffer.allocate(LENGTH)
        .put(VERSION)
        .put((byte) failure.rcode())
        .put((byte) failure.failures())
        .putLong(untilMillis(failure, wallMillis, nowNanos))
        .array();
  }

  /** Returns from when on a failure says nothing any more, by the wall clock. */
  public static long endsAtMillis(Failure failure, long wallMillis, long nowNanos) {
    return untilMillis(failure, wallMillis, nowNanos) + LONGEST_MILLIS;
  }

  /** Returns the failure that {@link #encode} wrote, or null when it is none or long over. */
  public static @Nullable Failure decode(byte[] value, long wallMillis, long nowNanos) {
    if (value.length != LENGTH || value[0] != VERSION || value[2] < 1) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(value, 1, LENGTH - 1);
    int rcode = in.get();
    int failures = in.get();
    long leftMillis = Math.min(in.getLong() - wallMillis, LONGEST_MILLIS);
    return leftMillis <= -LONGEST_MILLIS
        ? null
        : new Failure(rcode, failures, nowNanos + TimeUnit.MILLISECONDS.toNanos(leftMillis));
  }

  private static long untilMillis(Failure failure, long wallMillis, long nowNanos) {
    return wallMillis + TimeUnit.NANOSECONDS.toMillis(failure.untilNanos() - nowNanos);
  }
}
