package dev.holdfast.store;

import java.nio.file.Path;

/** One file of the journal and what is known of its records. Confined to its log's lock. */
final class Segment {

  private static final int HUNDRED = 100;

  final SegmentHeader header;
  final Path path;
  long sizeBytes;

  /** Records in the file, and those of them that are the last of their key. */
  int records;

  int liveRecords;

  /** When the last of the answers in it becomes useless, by the wall clock. */
  long endsAtMillis;

  /** Whether the counts above are known. */
  boolean counted;

  /** Whether the last scan was the first one of a file found at the start. */
  boolean firstScan;

  /** Whether the file ends within a record. */
  boolean torn;

  /** Whether something in the middle of the file cannot be read. */
  boolean damaged;

  Segment(SegmentHeader header, Path path, long sizeBytes) {
    this.header = header;
    this.path = path;
    this.sizeBytes = sizeBytes;
  }

  int number() {
    return header.number();
  }

  /** How much of the file is superseded by later records. */
  int garbagePercent() {
    return records == 0 ? HUNDRED : (int) ((long) (records - liveRecords) * HUNDRED / records);
  }
}
