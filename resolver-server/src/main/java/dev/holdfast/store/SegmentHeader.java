package dev.holdfast.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * What opens every file of the journal.
 *
 * <pre>
 * | "HOLDFAST" 8 | version 2 | table 1 | zero 1 | number 4 | marker 4 | CRC-32C of all before 4 |
 * </pre>
 *
 * @param marker opens every record of the file; drawn at random, so that nothing an upstream sends
 *     can be taken for a record when damage is skipped
 */
record SegmentHeader(Table table, int number, int marker) {

  static final int LENGTH = 24;

  /** Of the file's format, records and their content included. */
  static final int VERSION = 1;

  private static final byte[] MAGIC = "HOLDFAST".getBytes(StandardCharsets.US_ASCII);

  private static final int VERSION_OFFSET = 8;
  private static final int TABLE_OFFSET = 10;
  private static final int NUMBER_OFFSET = 12;
  private static final int MARKER_OFFSET = 16;
  private static final int CRC_OFFSET = 20;

  /** Writes this header at the buffer's start. */
  void write(byte[] out) {
    ByteBuffer.wrap(out)
        .put(MAGIC)
        .putShort((short) VERSION)
        .put((byte) table.code())
        .put((byte) 0)
        .putInt(number)
        .putInt(marker)
        .putInt(crc(out));
  }

  /**
   * Reads the header of the file that is named for a table and a number.
   *
   * @throws ForeignFileException when it says something else
   */
  static SegmentHeader read(byte[] bytes, Table table, int number) throws ForeignFileException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length < LENGTH) {
      throw new ForeignFileException(
          "is cut short: " + bytes.length + " bytes (expected at least " + LENGTH + ")");
    }
    if (!buffer.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      throw new ForeignFileException("is not a file of Holdfast's journal");
    }
    int version = buffer.getShort(VERSION_OFFSET);
    if (version != VERSION) {
      throw new ForeignFileException(
          "has format %d of %s version of Holdfast (expected %d)"
              .formatted(version, version < VERSION ? "an older" : "a newer", VERSION));
    }
    if (buffer.getInt(CRC_OFFSET) != crc(bytes)) {
      throw new ForeignFileException("has a damaged header");
    }
    if (bytes[TABLE_OFFSET] != table.code() || buffer.getInt(NUMBER_OFFSET) != number) {
      throw new ForeignFileException("has the content of another file");
    }
    return new SegmentHeader(table, number, buffer.getInt(MARKER_OFFSET));
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CRC_OFFSET);
    return (int) crc.getValue();
  }
}
