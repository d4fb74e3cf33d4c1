package dev.holdfast.resolve;

import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.Query;

/**
 * A query and its response, on their way out. One instance serves all queries of an event loop;
 * confined to it.
 */
public final class AnsweredQuery {

  private byte[] query = new byte[0];
  private int queryOffset;
  private int queryLength;
  private byte[] response = query;
  private int responseLength;
  private boolean stream;
  private long addressHigh;
  private long addressLow;
  private int port;
  private long arrivedAtNanos;
  private long answeredAtNanos;
  private Counter source = Counter.ANSWERS_FRESH;

  AnsweredQuery query(Query asked) {
    query = asked.bytes();
    queryOffset = asked.offset();
    queryLength = asked.length();
    return this;
  }

  AnsweredQuery response(byte[] bytes, int length, Counter from) {
    response = bytes;
    responseLength = length;
    source = from;
    return this;
  }

  AnsweredQuery client(Client client) {
    stream = client.stream();
    addressHigh = client.addressHigh();
    addressLow = client.addressLow();
    port = client.port();
    return this;
  }

  AnsweredQuery times(long arrivedAt, long answeredAt) {
    arrivedAtNanos = arrivedAt;
    answeredAtNanos = answeredAt;
    return this;
  }

  /** The bytes that hold the query at {@link #queryOffset}. */
  public byte[] query() {
    return query;
  }

  public int queryOffset() {
    return queryOffset;
  }

  public int queryLength() {
    return queryLength;
  }

  /** The bytes that begin with the response. */
  public byte[] response() {
    return response;
  }

  public int responseLength() {
    return responseLength;
  }

  /** Whether the query came over TCP. */
  public boolean stream() {
    return stream;
  }

  /** Upper half of the client's address as 128 bits; IPv4 is mapped (RFC 4291 §2.5.5.2). */
  public long addressHigh() {
    return addressHigh;
  }

  public long addressLow() {
    return addressLow;
  }

  public int port() {
    return port;
  }

  /** When the query came in, by the loop's clock. */
  public long arrivedAtNanos() {
    return arrivedAtNanos;
  }

  /** When the response went out, by the loop's clock; for a hit the time its batch came in. */
  public long answeredAtNanos() {
    return answeredAtNanos;
  }

  /** Where the answer came from: the counter that counted it. */
  public Counter source() {
    return source;
  }
}
