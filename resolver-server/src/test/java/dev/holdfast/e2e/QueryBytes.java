package dev.holdfast.e2e;

import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/** A query under construction, as bytes, so that it may be as wrong as a test wants it. */
final class QueryBytes {

  static final int RD = 0x0100;
  static final int AD = 0x0020;
  static final int CD = 0x0010;
  static final int DO = 0x8000;

  private static final int OPCODE_SHIFT = 11;
  private static final int OPT = 41;

  private final ByteArrayOutputStream questions = new ByteArrayOutputStream();
  private final ByteArrayOutputStream additional = new ByteArrayOutputStream();
  private final ByteArrayOutputStream options = new ByteArrayOutputStream();
  private final int[] counts = new int[4];
  private int id = 0x4a5b;
  private int flags = RD;
  private boolean edns;
  private int payload;
  private int version;
  private int ednsFlags;

  /** A message without a question, RD set. */
  static QueryBytes empty() {
    return new QueryBytes();
  }

  /** A question in class IN, RD set. */
  static QueryBytes of(String name, int type) {
    return empty().question(name, type, DClass.IN);
  }

  QueryBytes question(String name, int type, int dclass) {
    questions.writeBytes(wire(name));
    putUint16(questions, type);
    putUint16(questions, dclass);
    counts[0]++;
    return this;
  }

  QueryBytes id(int value) {
    id = value;
    return this;
  }

  /** Sets all flags of the header, opcode excluded. */
  QueryBytes flags(int value) {
    flags = (flags & 0x7800) | value;
    return this;
  }

  QueryBytes opcode(int value) {
    flags = (flags & ~0x7800) | (value << OPCODE_SHIFT);
    return this;
  }

  /** Adds an OPT record that says how large a datagram may be. */
  QueryBytes edns(int payloadBytes) {
    edns = true;
    payload = payloadBytes;
    return this;
  }

  QueryBytes version(int value) {
    version = value;
    return this;
  }

  /** Sets all flags of the OPT record. */
  QueryBytes ednsFlags(int value) {
    ednsFlags = value;
    return this;
  }

  QueryBytes option(int code, int... value) {
    putUint16(options, code);
    putUint16(options, value.length);
    for (int each : value) {
      options.write(each);
    }
    return this;
  }

  /** Adds bytes behind the last option, inside the OPT record. */
  QueryBytes rawOptions(int... value) {
    for (int each : value) {
      options.write(each);
    }
    return this;
  }

  /** Adds a record without data to the additional section, before the OPT record. */
  QueryBytes additional(String owner, int type) {
    additional.writeBytes(wire(owner));
    putUint16(additional, type);
    additional.writeBytes(new byte[8]);
    counts[3]++;
    return this;
  }

  /** Lets a count of the header lie; sections are numbered from 0. */
  QueryBytes count(int section, int value) {
    counts[section] = value - (section == 3 && edns ? 1 : 0);
    return this;
  }

  /** Returns the message. */
  byte[] build() {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    putUint16(message, id);
    putUint16(message, flags);
    for (int section = 0; section < counts.length; section++) {
      putUint16(message, counts[section] + (section == 3 && edns ? 1 : 0));
    }
    message.writeBytes(questions.toByteArray());
    message.writeBytes(additional.toByteArray());
    if (edns) {
      message.write(0);
      putUint16(message, OPT);
      putUint16(message, payload);
      message.write(0);
      message.write(version);
      putUint16(message, ednsFlags);
      putUint16(message, options.size());
      message.writeBytes(options.toByteArray());
    }
    return message.toByteArray();
  }

  private static byte[] wire(String name) {
    try {
      return Name.fromString(name, Name.root).toWire();
    } catch (TextParseException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void putUint16(ByteArrayOutputStream out, int value) {
    out.write(value >>> 8);
    out.write(value);
  }
}
