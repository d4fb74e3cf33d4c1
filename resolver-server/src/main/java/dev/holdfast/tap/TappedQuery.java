package dev.holdfast.tap;

import dev.holdfast.metrics.Counter;
import dev.holdfast.resolve.AnsweredQuery;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An answered query as a record of a ring: fixed fields, the query, the response. Immutable.
 *
 * @param arrivedAtNanos by the clock of the loops
 * @param answeredAtNanos by the clock of the loops
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TappedQuery(
    long arrivedAtNanos,
    long answeredAtNanos,
    long addressHigh,
    long addressLow,
    int port,
    boolean stream,
    Counter source,
    byte[] query,
    byte[] response) {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private static final int ARRIVED_OFFSET = 0;
  private static final int ANSWERED_OFFSET = 8;
  private static final int ADDRESS_HIGH_OFFSET = 16;
  private static final int ADDRESS_LOW_OFFSET = 24;
  private static final int PORT_OFFSET = 32;
  private static final int SOURCE_OFFSET = 36;
  private static final int QUERY_LENGTH_OFFSET = 40;
  private static final int MESSAGES_OFFSET = 44;
  private static final int STREAM = 1 << 16;

  private static final Counter[] COUNTERS = Counter.values();

  /** Returns how many bytes a record of {@code query} takes. */
  static int length(AnsweredQuery query) {
    return MESSAGES_OFFSET + query.queryLength() + query.responseLength();
  }

  /** Writes the record of {@code query}. */
  static void write(AnsweredQuery query, byte[] target, int offset) {
    LONG.set(target, offset + ARRIVED_OFFSET, query.arrivedAtNanos());
    LONG.set(target, offset + ANSWERED_OFFSET, query.answeredAtNanos());
    LONG.set(target, offset + ADDRESS_HIGH_OFFSET, query.addressHigh());
    LONG.set(target, offset + ADDRESS_LOW_OFFSET, query.addressLow());
    INT.set(target, offset + PORT_OFFSET, query.port() | (query.stream() ? STREAM : 0));
    INT.set(target, offset + SOURCE_OFFSET, query.source().ordinal());
    INT.set(target, offset + QUERY_LENGTH_OFFSET, query.queryLength());
    int messages = offset + MESSAGES_OFFSET;
    System.arraycopy(query.query(), query.queryOffset(), target, messages, query.queryLength());
    int response = messages + query.queryLength();
    System.arraycopy(query.response(), 0, target, response, query.responseLength());
  }

  /** Reads a record of {@code length} bytes. */
  static TappedQuery read(byte[] record, int offset, int length) {
    int port = (int) INT.get(record, offset + PORT_OFFSET);
    int query = offset + MESSAGES_OFFSET;
    int response = query + (int) INT.get(record, offset + QUERY_LENGTH_OFFSET);
    return new TappedQuery(
        (long) LONG.get(record, offset + ARRIVED_OFFSET),
        (long) LONG.get(record, offset + ANSWERED_OFFSET),
        (long) LONG.get(record, offset + ADDRESS_HIGH_OFFSET),
        (long) LONG.get(record, offset + ADDRESS_LOW_OFFSET),
        port & ~STREAM,
        (port & STREAM) != 0,
        COUNTERS[(int) INT.get(record, offset + SOURCE_OFFSET)],
        Arrays.copyOfRange(record, query, response),
        Arrays.copyOfRange(record, response, offset + length));
  }
}
