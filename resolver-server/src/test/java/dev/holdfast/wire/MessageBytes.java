package dev.holdfast.wire;

import java.util.Arrays;

/**
 * A DNS message written byte by byte, right or wrong as a test wants it. The counts in the header
 * follow the records that are added, unless {@link #count} says otherwise.
 */
public final class MessageBytes {

  /** A pointer to the question's name. */
  public static final byte[] QNAME = pointer(Header.LENGTH);

  private byte[] bytes = new byte[Header.LENGTH];

  private MessageBytes() {}

  /** A message of exactly these bytes. */
  public static MessageBytes of(byte[] message) {
    MessageBytes result = new MessageBytes();
    result.bytes = message.clone();
    return result;
  }

  /** A query with RD set and no question yet. */
  public static MessageBytes query() {
    return new MessageBytes().flags(Header.RD);
  }

  /** A query with RD set for {@code name}, class IN. */
  public static MessageBytes query(String name, int type) {
    return query().question(name, type);
  }

  /** A response of a recursive server to a question in class IN. */
  public static MessageBytes response(String name, int type) {
    return new MessageBytes().flags(Header.QR | Header.RD | Header.RA).question(name, type);
  }

  public MessageBytes id(int id) {
    Header.putUint16(bytes, Header.ID_OFFSET, id);
    return this;
  }

  /** Sets the second 16 bits of the header. */
  public MessageBytes flags(int flags) {
    Header.putUint16(bytes, Header.FLAGS_OFFSET, flags);
    return this;
  }

  /** Adds to the second 16 bits of the header; also how an rcode is set. */
  public MessageBytes withFlags(int flags) {
    return flags(Header.uint16(bytes, Header.FLAGS_OFFSET) | flags);
  }

  public MessageBytes question(String name, int type) {
    return question(name(name), type, RecordClass.IN);
  }

  public MessageBytes question(byte[] name, int type, int recordClass) {
    increment(Header.QDCOUNT_OFFSET);
    return append(name, uint16(type), uint16(recordClass));
  }

  public MessageBytes answer(byte[] owner, int type, long ttlSeconds, byte[]... rdata) {
    return record(Header.ANCOUNT_OFFSET, owner, type, RecordClass.IN, ttlSeconds, rdata);
  }

  public MessageBytes authority(byte[] owner, int type, long ttlSeconds, byte[]... rdata) {
    return record(Header.NSCOUNT_OFFSET, owner, type, RecordClass.IN, ttlSeconds, rdata);
  }

  public MessageBytes additional(byte[] owner, int type, long ttlSeconds, byte[]... rdata) {
    return record(Header.ARCOUNT_OFFSET, owner, type, RecordClass.IN, ttlSeconds, rdata);
  }

  /** Adds a record to the section whose count stands at {@code countOffset}. */
  public MessageBytes record(
      int countOffset, byte[] owner, int type, int recordClass, long ttlSeconds, byte[]... rdata) {
    increment(countOffset);
    byte[] data = join(rdata);
    return append(
        owner, uint16(type), uint16(recordClass), uint32(ttlSeconds), uint16(data.length), data);
  }

  /** Adds an OPT record of version 0. */
  public MessageBytes opt(int payload, int ednsFlags, byte[]... options) {
    return opt(name("."), payload, 0, 0, ednsFlags, options);
  }

  public MessageBytes opt(
      byte[] owner, int payload, int extendedRcode, int version, int ednsFlags, byte[]... options) {
    long ttl = (long) extendedRcode << 24 | (long) version << 16 | ednsFlags;
    return record(Header.ARCOUNT_OFFSET, owner, RecordType.OPT, payload, ttl, options);
  }

  /** Adds bytes as they are. */
  public MessageBytes append(byte[]... parts) {
    bytes = join(bytes, join(parts));
    return this;
  }

  /** Sets one of the four counts, whatever the message holds. */
  public MessageBytes count(int countOffset, int value) {
    Header.putUint16(bytes, countOffset, value);
    return this;
  }

  /** Offset of what is appended next. */
  public int position() {
    return bytes.length;
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  private void increment(int countOffset) {
    count(countOffset, Header.uint16(bytes, countOffset) + 1);
  }

  /** A name in wire form. */
  public static byte[] name(String text) {
    return Names.parse(text);
  }

  /** The labels of a name without the root label: a pointer is to follow. */
  public static byte[] labels(String text) {
    byte[] name = Names.parse(text);
    return Arrays.copyOf(name, name.length - 1);
  }

  /** A compression pointer. */
  public static byte[] pointer(int offset) {
    return uint16(0xc000 | offset);
  }

  /** An EDNS option. */
  public static byte[] option(int code, byte[]... data) {
    byte[] all = join(data);
    return join(uint16(code), uint16(all.length), all);
  }

  public static byte[] bytes(int... values) {
    byte[] result = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (byte) values[i];
    }
    return result;
  }

  public static byte[] uint16(int value) {
    byte[] result = new byte[2];
    Header.putUint16(result, 0, value);
    return result;
  }

  public static byte[] uint32(long value) {
    byte[] result = new byte[4];
    Header.putUint32(result, 0, value);
    return result;
  }

  public static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = new byte[length];
    int position = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, position, part.length);
      position += part.length;
    }
    return all;
  }
}
