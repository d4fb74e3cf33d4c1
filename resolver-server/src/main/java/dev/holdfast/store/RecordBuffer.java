package dev.holdfast.store;

import java.nio.ByteBuffer;
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

  private final CRC32C crc = new CRC32C();
  private byte[] bytes = new byte[1 << 16];
  private int length;
  private int marker;

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
    return add(PUT, key, 0, key.length, value, 0, value.length, endsAtMillis);
  }

  /** Adds the record of a removal and returns where it begins in this buffer. */
  int remove(byte[] key) {
    return add(REMOVE, key, 0, key.length, key, 0, 0, 0);
  }

  /** Adds a copy of a record from another file and returns where it begins in this buffer. */
  int copy(RecordScanner record) {
    return add(
        PUT,
        record.bytes(),
        record.keyOffset(),
        record.keyLength(),
        record.bytes(),
        record.valueOffset(),
        record.valueLength(),
        record.endsAtMillis());
  }

  int length() {
    return length;
  }

  /** Returns a view of what was added. */
  ByteBuffer content() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  private int add(
      byte operation,
      byte[] key,
      int keyOffset,
      int keyLength,
      byte[] value,
      int valueOffset,
      int valueLength,
      long endsAtMillis) {
    int start = length;
    int end = start + KEY_OFFSET + keyLength + valueLength;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
    }
    ByteBuffer.wrap(bytes)
        .position(start + MARKER_OFFSET)
        .putInt(marker)
        .putInt(end - start)
        .put(operation)
        .putShort((short) keyLength)
        .putLong(endsAtMillis)
        .put(key, keyOffset, keyLength)
        .put(value, valueOffset, valueLength);
    crc.reset();
    crc.update(bytes, start + MARKER_OFFSET, end - start - MARKER_OFFSET);
    ByteBuffer.wrap(bytes).putInt(start + CRC_OFFSET, (int) crc.getValue());
    length = end;
    return start;
  }
}
