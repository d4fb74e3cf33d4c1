package dev.holdfast.store;

import dev.holdfast.wire.Header;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Records on their way into a file. Reused; confined to one thread.
 *
 * <pre>
 * | CRC-32C of what follows 4 | marker of the file 4 | length of the record 4 | operation 1 |
 * | key length 2 | useless from, in wall-clock milliseconds 8 | key | value |
 * </pre>
 */
final class RecordBuffer {

  static final int CRC_OFFSET = 0;
  static final int MARKER_OFFSET = 4;
  static final int LENGTH_OFFSET = 8;
  static final int OPERATION_OFFSET = 12;
  static final int KEY_LENGTH_OFFSET = 13;
  static final int ENDS_AT_OFFSET = 15;
  static final int KEY_OFFSET = 23;

  static final byte PUT = 1;
  static final byte REMOVE = 2;

  /** Longest key of any table. */
  static final int MAX_KEY_LENGTH = 1024;

  /** Longest record; an answer of the longest message fits. */
  static final int MAX_RECORD_LENGTH = 1 << 17;

  private static final int FIRST_CAPACITY = 1 << 10;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final CRC32C crc = new CRC32C();
  private byte[] bytes = new byte[FIRST_CAPACITY];
  private int length;
  private int marker;

  /** Starts anew, without records. */
  void clear() {
    length = 0;
  }

  /** Starts anew with records of a file. */
  void begin(int marker) {
    this.marker = marker;
    length = 0;
  }

  /** Starts anew with the header of a file. */
  void begin(SegmentHeader header) {
    begin(header.marker());
    header.write(bytes);
    length = SegmentHeader.LENGTH;
  }

  /** Adds a record and returns where it begins in this buffer. */
  int put(byte[] key, byte[] value, long endsAtMillis) {
    room(key.length + value.length);
    System.arraycopy(key, 0, bytes, keyOffset(), key.length);
    System.arraycopy(value, 0, bytes, keyOffset() + key.length, value.length);
    return add(PUT, key.length, value.length, endsAtMillis);
  }

  /** Adds the record of a removal and returns where it begins in this buffer. */
  int remove(byte[] key) {
    room(key.length);
    System.arraycopy(key, 0, bytes, keyOffset(), key.length);
    return add(REMOVE, key.length, 0, 0);
  }

  /** Adds a copy of a record from another file and returns where it begins in this buffer. */
  int copy(RecordScanner record) {
    int contentLength = record.keyLength() + record.valueLength();
    room(contentLength);
    System.arraycopy(record.bytes(), record.keyOffset(), bytes, keyOffset(), contentLength);
    return add(PUT, record.keyLength(), record.valueLength(), record.endsAtMillis());
  }

  /** Returns bytes with room for a key at {@link #keyOffset} and a value behind it. */
  byte[] room(int contentLength) {
    int end = keyOffset() + contentLength;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
    }
    return bytes;
  }

  /** Where the key of the next record goes. */
  int keyOffset() {
    return length + KEY_OFFSET;
  }

  /** Adds the record whose key and value stand in their place, and returns where it begins. */
  int add(byte operation, int keyLength, int valueLength, long endsAtMillis) {
    int start = length;
    length = keyOffset() + keyLength + valueLength;
    Header.putUint32(bytes, start + MARKER_OFFSET, marker);
    Header.putUint32(bytes, start + LENGTH_OFFSET, length - start);
    bytes[start + OPERATION_OFFSET] = operation;
    Header.putUint16(bytes, start + KEY_LENGTH_OFFSET, keyLength);
    putLong(bytes, start + ENDS_AT_OFFSET, endsAtMillis);
    crc.reset();
    crc.update(bytes, start + MARKER_OFFSET, length - start - MARKER_OFFSET);
    Header.putUint32(bytes, start + CRC_OFFSET, crc.getValue());
    return start;
  }

  /** Writes 64 bits at {@code offset}. */
  static void putLong(byte[] bytes, int offset, long value) {
    LONGS.set(bytes, offset, value);
  }

  int length() {
    return length;
  }

  /** Returns where the record behind the one at {@code start} begins. */
  int next(int start) {
    return start + (int) Header.uint32(bytes, start + LENGTH_OFFSET);
  }

  /** Returns the hash of the key of the record at {@code start}. */
  long hash(int start) {
    int keyLength = Header.uint16(bytes, start + KEY_LENGTH_OFFSET);
    return KeyIndex.hash(bytes, start + KEY_OFFSET, keyLength);
  }

  /** Returns from when on the record at {@code start} is of no use; 0 for a removal. */
  long endsAtMillis(int start) {
    return (long) LONGS.get(bytes, start + ENDS_AT_OFFSET);
  }

  /** Returns a view of what was added. */
  ByteBuffer content() {
    return ByteBuffer.wrap(bytes, 0, length);
  }
}
