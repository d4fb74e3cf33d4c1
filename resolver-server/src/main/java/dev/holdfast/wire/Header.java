package dev.holdfast.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The twelve bytes that open every DNS message (RFC 1035 §4.1.1, AD and CD of RFC 4035 §3.1.6).
 *
 * <pre>
 *   0                   1
 *   0  1  2  3  4  5  6  7  8  9  0  1  2  3  4  5
 * +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 * |                      ID                       |
 * |QR|   Opcode  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |
 * |                    QDCOUNT                    |
 * |                    ANCOUNT                    |
 * |                    NSCOUNT                    |
 * |                    ARCOUNT                    |
 * +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 * </pre>
 */
public final class Header {

  /** Length of the header in bytes; the question follows it. */
  public static final int LENGTH = 12;

  public static final int ID_OFFSET = 0;
  public static final int FLAGS_OFFSET = 2;
  public static final int QDCOUNT_OFFSET = 4;
  public static final int ANCOUNT_OFFSET = 6;
  public static final int NSCOUNT_OFFSET = 8;
  public static final int ARCOUNT_OFFSET = 10;

  /** The message is a response. */
  public static final int QR = 0x8000;

  /** Mask of the opcode, to be shifted right by {@link #OPCODE_SHIFT}. */
  public static final int OPCODE_MASK = 0x7800;

  public static final int OPCODE_SHIFT = 11;

  /** Authoritative answer. */
  public static final int AA = 0x0400;

  /** The message was cut to fit. */
  public static final int TC = 0x0200;

  /** Recursion desired. */
  public static final int RD = 0x0100;

  /** Recursion available. */
  public static final int RA = 0x0080;

  /** Authentic data. */
  public static final int AD = 0x0020;

  /** Checking disabled. */
  public static final int CD = 0x0010;

  public static final int RCODE_MASK = 0x000f;

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Header() {}

  /** Returns the unsigned 16-bit value at {@code offset}. */
  public static int uint16(byte[] bytes, int offset) {
    return (short) SHORTS.get(bytes, offset) & 0xffff;
  }

  /** Writes the low 16 bits of {@code value} at {@code offset}. */
  public static void putUint16(byte[] bytes, int offset, int value) {
    SHORTS.set(bytes, offset, (short) value);
  }

  /** Returns the unsigned 32-bit value at {@code offset}. */
  public static long uint32(byte[] bytes, int offset) {
    return (int) INTS.get(bytes, offset) & 0xffff_ffffL;
  }

  /** Writes the low 32 bits of {@code value} at {@code offset}. */
  public static void putUint32(byte[] bytes, int offset, long value) {
    INTS.set(bytes, offset, (int) value);
  }

  /** Writes how many questions and records of each section there are. */
  static void putCounts(byte[] message, int questions, int answers, int authority, int additional) {
    long counts =
        (long) questions << 48 | (long) answers << 32 | (long) authority << 16 | additional;
    LONGS.set(message, QDCOUNT_OFFSET, counts);
  }
}
