package dev.holdfast.store;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The logs of all tables under one bound. Written by the journal's writer alone, scanned by any one
 * thread beside it.
 */
final class SegmentLogs {

  private final EnumMap<Table, SegmentLog> logs = new EnumMap<>(Table.class);
  private final long maxSizeBytes;
  private final int reserveBytes;

  /**
   * Opens the files of all tables.
   *
   * @param owned whether this process may write, and move away what it cannot read
   */
  SegmentLogs(JournalFiles files, JournalConfig config, boolean owned) throws IOException {
    this.maxSizeBytes = config.maxSizeBytes();
    this.reserveBytes = config.reserveBytes();
    RecordBuffer rewriting = new RecordBuffer();
    for (Table table : Table.values()) {
      logs.put(table, new SegmentLog(files, table, config.segmentSizeBytes(), rewriting, owned));
    }
  }

  SegmentLog of(Table table) {
    SegmentLog log = logs.get(table);
    if (log == null) {
      throw new IllegalArgumentException("table: " + table);
    }
    return log;
  }

  /** Walks the last value of every key, the most important table first. */
  void scan(BiConsumer<Table, RecordScanner> visitor) throws IOException {
    for (Map.Entry<Table, SegmentLog> each : logs.entrySet()) {
      each.getValue().scan(record -> visitor.accept(each.getKey(), record));
    }
  }

  /** Writes what was put into the batches of all tables. */
  void write() throws IOException {
    for (SegmentLog log : logs.values()) {
      log.write();
    }
  }

  /**
   * Makes room for batches and for a file that is written anew beside itself: the oldest answers go
   * first, histories last. What was put and not written is forgotten, because it was for files that
   * may go. Returns how many files were deleted.
   */
  int makeRoom() throws IOException {
    logs.values().forEach(SegmentLog::clear);
    int dropped = 0;
    while (sizeBytes() + reserveBytes > maxSizeBytes && dropOldest()) {
      dropped++;
    }
    return dropped;
  }

  private boolean dropOldest() throws IOException {
    for (Table table : List.of(Table.values()).reversed()) {
      if (of(table).dropOldest()) {
        return true;
      }
    }
    return false;
  }

  /** Does one piece of housekeeping; returns whether there was one worth it. */
  boolean tidy(long nowMillis) throws IOException {
    for (SegmentLog log : logs.values()) {
      if (log.tidy(nowMillis)) {
        return true;
      }
    }
    return false;
  }

  long sizeBytes() {
    return logs.values().stream().mapToLong(SegmentLog::sizeBytes).sum();
  }

  /** Files passed over or set aside because they could not be read. */
  int setAside() {
    return logs.values().stream().mapToInt(SegmentLog::setAside).sum();
  }

  /** Ends the files that are being written. */
  void close() throws IOException {
    for (SegmentLog log : logs.values()) {
      log.seal();
    }
  }
}
