package dev.holdfast.resolve;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.upstream.Route;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client whose query could not be answered at once. Made and answered on the loop the query came
 * in on, passed through the question's home loop in between. Or another question, which waits for
 * the answer that its own is made of. Immutable.
 *
 * @param origin the late responses of the loop the query came in on, or the question that waits
 * @param alias what led from the query's name to the question's, or null
 * @param message the query as it came
 * @param addressHigh upper half of the client's address
 * @param addressLow lower half of the client's address
 * @param arrivedAtNanos when the query came in
 * @param quotaSlot where the client's waiting queries are counted
 * @param here whether the question's home loop is the one that the query came in on
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Waiter(
    Asker origin,
    CacheKey key,
    @Nullable Alias alias,
    Route route,
    byte[] message,
    boolean stream,
    long addressHigh,
    long addressLow,
    int port,
    long arrivedAtNanos,
    int quotaSlot,
    boolean here,
    ReplyPath path)
    implements Client {

  private static final byte[] NO_MESSAGE = {};

  @Override
  public ReplyPath detach() {
    return path;
  }

  /**
   * Whether {@code other} is the very same datagram once more, so that one answer does for both.
   */
  boolean isRepeatedBy(Waiter other) {
    return message.length > 0
        && !stream
        && !other.stream
        && port == other.port
        && addressLow == other.addressLow
        && addressHigh == other.addressHigh
        && Arrays.equals(message, other.message);
  }

  /** Lets another question wait. */
  static Waiter of(Asker question, CacheKey key, Route route, long nowNanos) {
    return new Waiter(
        question,
        key,
        /* alias= */ null,
        route,
        NO_MESSAGE,
        /* stream= */ false,
        /* addressHigh= */ 0,
        /* addressLow= */ 0,
        /* port= */ 0,
        nowNanos,
        Places.NO_CLIENT,
        /* here= */ false,
        (message, length) -> {});
  }
}
