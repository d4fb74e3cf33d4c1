package dev.holdfast.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Walks the records of one file's content. What is damaged is skipped up to the next whole record.
 * Confined to one thread.
 */
final class RecordScanner {

  private static final int NONE = -1;

  private final CRC32C crc = new CRC32C();
  private final byte[] bytes;
  private final ByteBuffer buffer;
  private final int limit;
  private final int marker;
  private int offset;
  private int next = SegmentHeader.LENGTH;
  private int damagedAt = NONE;
  private boolean recordsAfterDamage;

  RecordScanner(byte[] bytes, int limit, int marker) {
    this.bytes = bytes;
    this.buffer = ByteBuffer.wrap(bytes);
    this.limit = limit;
    this.marker = marker;
  }

  /** Goes to the next whole record, or returns false at the end. */
  boolean next() {
    for (offset = next; offset + RecordBuffer.KEY_OFFSET <= limit; offset++) {
      if (isRecord()) {
        next = offset + length();
        recordsAfterDamage |= damagedAt != NONE;
        return true;
      }
      noteDamage();
    }
    if (offset < limit) {
      noteDamage();
    }
    return false;
  }

  /** Goes back to a record that {@link #next} found. */
  void moveTo(int recordOffset) {
    offset = recordOffset;
  }

  /** Where the first damage begins, or -1. */
  int damagedAt() {
    return damagedAt;
  }

  /** Whether whole records follow the damage: then it is more than a write that was cut short. */
  boolean recordsAfterDamage() {
    return recordsAfterDamage;
  }

  int offset() {
    return offset;
  }

  boolean isRemoval() {
    return bytes[offset + RecordBuffer.OPERATION_OFFSET] == RecordBuffer.REMOVE;
  }

  long endsAtMillis() {
    return buffer.getLong(offset + RecordBuffer.ENDS_AT_OFFSET);
  }

  byte[] bytes() {
    return bytes;
  }

  int keyOffset() {
    return offset + RecordBuffer.KEY_OFFSET;
  }

  int keyLength() {
    return buffer.getShort(offset + RecordBuffer.KEY_LENGTH_OFFSET);
  }

  int valueOffset() {
    return keyOffset() + keyLength();
  }

  int valueLength() {
    return offset + length() - valueOffset();
  }

  /** Returns a copy of the key. */
  byte[] key() {
    return Arrays.copyOfRange(bytes, keyOffset(), valueOffset());
  }

  /** Returns a copy of the value. */
  byte[] value() {
    return Arrays.copyOfRange(bytes, valueOffset(), valueOffset() + valueLength());
  }

  /** Returns the hash of the key. */
  long hash() {
    return KeyIndex.hash(bytes, keyOffset(), keyLength());
  }

  private int length() {
    return buffer.getInt(offset + RecordBuffer.LENGTH_OFFSET);
  }

  private boolean isRecord() {
    if (buffer.getInt(offset + RecordBuffer.MARKER_OFFSET) != marker) {
      return false;
    }
    int length = length();
    int keyLength = keyLength();
    if (length > RecordBuffer.MAX_RECORD_LENGTH
        || length > limit - offset
        || keyLength < 0
        || keyLength > RecordBuffer.MAX_KEY_LENGTH
        || RecordBuffer.KEY_OFFSET + keyLength > length) {
      return false;
    }
    crc.reset();
    crc.update(bytes, offset + RecordBuffer.MARKER_OFFSET, length - RecordBuffer.MARKER_OFFSET);
    return (int) crc.getValue() == buffer.getInt(offset + RecordBuffer.CRC_OFFSET);
  }

  private void noteDamage() {
    if (damagedAt == NONE) {
      damagedAt = offset;
    }
  }
}
