package dev.holdfast.tap;

import dev.holdfast.datagram.Addresses;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A client's query or its response as a dnstap message: dnstap.proto in the encoding of Protocol
 * Buffers, written by hand since it is two levels of a few fields. Confined to one thread.
 */
final class DnstapMessage {

  /** Message.Type of dnstap.proto. */
  static final int CLIENT_QUERY = 5;

  static final int CLIENT_RESPONSE = 6;

  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private static final int DNSTAP_IDENTITY = 1;
  private static final int DNSTAP_VERSION = 2;
  private static final int DNSTAP_MESSAGE = 14;
  private static final int DNSTAP_TYPE = 15;
  private static final int DNSTAP_TYPE_MESSAGE = 1;

  private static final int TYPE = 1;
  private static final int SOCKET_FAMILY = 2;
  private static final int SOCKET_PROTOCOL = 3;
  private static final int QUERY_ADDRESS = 4;
  private static final int QUERY_PORT = 6;
  private static final int QUERY_TIME_SECONDS = 8;
  private static final int QUERY_TIME_NANOS = 9;
  private static final int QUERY_MESSAGE = 10;
  private static final int RESPONSE_TIME_SECONDS = 12;
  private static final int RESPONSE_TIME_NANOS = 13;
  private static final int RESPONSE_MESSAGE = 14;

  private static final int INET = 1;
  private static final int INET6 = 2;
  private static final int UDP = 1;
  private static final int TCP = 2;

  private final byte[] identity;
  private final byte[] version;
  private final WallTime time;
  private final ByteSink outer = new ByteSink();
  private final ByteSink inner = new ByteSink();

  DnstapMessage(String identity, String version, WallTime time) {
    this.identity = identity.getBytes(StandardCharsets.UTF_8);
    this.version = version.getBytes(StandardCharsets.UTF_8);
    this.time = time;
  }

  /** Encodes one message; the result is valid until the next call. */
  ByteSink encode(int type, TappedQuery query) {
    boolean ipv4 = Addresses.isIpv4(query.addressHigh(), query.addressLow());
    inner.clear();
    number(inner, TYPE, type);
    number(inner, SOCKET_FAMILY, ipv4 ? INET : INET6);
    number(inner, SOCKET_PROTOCOL, query.stream() ? TCP : UDP);
    bytes(
        inner,
        QUERY_ADDRESS,
        Addresses.toInetAddress(query.addressHigh(), query.addressLow(), 0).getAddress());
    number(inner, QUERY_PORT, query.port());
    Instant arrived = time.of(query.arrivedAtNanos());
    number(inner, QUERY_TIME_SECONDS, arrived.getEpochSecond());
    fixed32(inner, QUERY_TIME_NANOS, arrived.getNano());
    if (type == CLIENT_QUERY) {
      bytes(inner, QUERY_MESSAGE, query.query());
    } else {
      Instant answered = time.of(query.answeredAtNanos());
      number(inner, RESPONSE_TIME_SECONDS, answered.getEpochSecond());
      fixed32(inner, RESPONSE_TIME_NANOS, answered.getNano());
      bytes(inner, RESPONSE_MESSAGE, query.response());
    }
    outer.clear();
    bytes(outer, DNSTAP_IDENTITY, identity);
    bytes(outer, DNSTAP_VERSION, version);
    tag(outer, DNSTAP_MESSAGE, BYTES);
    varint(outer, inner.length());
    outer.put(inner.bytes(), inner.length());
    number(outer, DNSTAP_TYPE, DNSTAP_TYPE_MESSAGE);
    return outer;
  }

  private static void number(ByteSink sink, int field, long value) {
    tag(sink, field, VARINT);
    varint(sink, value);
  }

  private static void bytes(ByteSink sink, int field, byte[] value) {
    tag(sink, field, BYTES);
    varint(sink, value.length);
    sink.put(value, value.length);
  }

  private static void fixed32(ByteSink sink, int field, int value) {
    tag(sink, field, FIXED32);
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      sink.put(value >>> shift);
    }
  }

  private static void tag(ByteSink sink, int field, int wireType) {
    varint(sink, (field << 3) | wireType);
  }

  private static void varint(ByteSink sink, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      sink.put(((int) rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    sink.put((int) rest);
  }
}
