package dev.holdfast.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of one table in files that are only ever appended to: the last record of a key
 * counts. Written by the journal's writer alone, scanned by any one thread beside it.
 */
final class SegmentLog {

  private static final Logger log = LoggerFactory.getLogger(SegmentLog.class);

  /*
   * Files are numbered in the order they were begun, and a file that is written anew keeps its
   * number and the order of its records. So age is order: what must go first is the first file, and
   * the removal of a key may be forgotten as soon as it stands in the first file, because nothing
   * older is left that it would have to hide.
   *
   * A file found at the start is never appended to again. If its end is torn, that is where the
   * process was killed.
   */
  private final JournalFiles files;
  private final Table table;
  private final int segmentSizeBytes;
  private final SecureRandom random = new SecureRandom();
  private final RecordBuffer batch = new RecordBuffer();
  private final boolean owned;
  private final ReentrantLock scanLock = new ReentrantLock();
  private final SegmentSet segments = new SegmentSet();
  private final SegmentTidier tidier;
  private @Nullable FileChannel channel;
  private @Nullable Segment active;
  private int lastNumber;
  private volatile boolean indexed;

  /**
   * Opens the files of a table.
   *
   * @param rewriting where files are written anew; shared with other logs of the same writer
   * @param owned whether this process may write, and move away what it cannot read
   */
  SegmentLog(
      JournalFiles files, Table table, int segmentSizeBytes, RecordBuffer rewriting, boolean owned)
      throws IOException {
    this.files = files;
    this.owned = owned;
    this.table = table;
    this.segmentSizeBytes = segmentSizeBytes;
    this.tidier = new SegmentTidier(files, table, segmentSizeBytes, rewriting, segments);
    for (int number : files.numbers(table)) {
      lastNumber = Math.max(lastNumber, number);
      Path path = files.path(table, number);
      try {
        int size = (int) files.size(path);
        byte[] start = files.read(path, Math.min(size, SegmentHeader.LENGTH));
        SegmentHeader header = SegmentHeader.read(start, table, number);
        segments.add(new Segment(header, path, size));
      } catch (NoSuchFileException e) {
        log.debug("journal: {} has just gone", path);
      } catch (ForeignFileException e) {
        reject(path, e);
      }
    }
  }

  private void reject(Path path, ForeignFileException reason) throws IOException {
    segments.countSetAside();
    if (owned) {
      Path aside = files.setAside(path);
      log.warn("journal: {} {}; set aside as {}", path, reason.getMessage(), aside);
    } else {
      log.warn("journal: {} {}; passed over", path, reason.getMessage());
    }
  }

  /** Returns where to put records that {@link #write} is to add behind all others. */
  RecordBuffer batch() throws IOException {
    if (batch.length() == 0) {
      Segment segment = active;
      if (segment == null || segment.sizeBytes >= segmentSizeBytes) {
        seal();
        segment = begin();
      }
      if (segment.sizeBytes == 0) {
        batch.begin(segment.header);
      } else {
        batch.begin(segment.header.marker());
      }
    }
    return batch;
  }

  /** Writes what was put into the batch; either all of it is written or none counts. */
  void write() throws IOException {
    Segment segment = active;
    if (segment == null || batch.length() == 0) {
      return;
    }
    try {
      files.write(writeChannel(), batch.content(), segment.sizeBytes);
    } catch (IOException e) {
      abandon(segment);
      throw e;
    }
    segments.appended(segment, batch);
    batch.clear();
  }

  /** Forgets what was put into the batch and not written. */
  void clear() {
    batch.clear();
  }

  private FileChannel writeChannel() throws IOException {
    if (channel == null) {
      throw new IOException("no file is open");
    }
    return channel;
  }

  private Segment begin() throws IOException {
    int number = lastNumber + 1;
    Path path = files.path(table, number);
    channel = files.create(path);
    lastNumber = number;
    Segment segment = new Segment(new SegmentHeader(table, number, random.nextInt()), path, 0);
    segment.counted = true;
    active = segment;
    segments.add(segment);
    return segment;
  }

  /*
   * A write that failed half way may have left whole records behind the end, which must not turn up
   * again behind newer ones. They are cut off if that works, and the next records go to a new file,
   * which counts more in any case.
   */
  private void abandon(Segment segment) {
    FileChannel open = channel;
    channel = null;
    active = null;
    try (open) {
      if (open != null) {
        open.truncate(segment.sizeBytes);
      }
      if (segment.sizeBytes == 0) {
        drop(segment);
      }
    } catch (IOException e) {
      log.debug("journal: cannot cut {}", segment.path, e);
    }
  }

  /** Ends the file that is being written; what comes next goes to a new one. */
  void seal() throws IOException {
    FileChannel open = channel;
    channel = null;
    active = null;
    if (open != null) {
      try (open) {
        open.force(false);
      }
    }
  }

  /** Deletes the oldest file; returns whether there was one. */
  boolean dropOldest() throws IOException {
    Segment oldest = segments.oldest();
    if (oldest == null) {
      return false;
    }
    if (oldest == active) {
      seal();
    }
    drop(oldest);
    return true;
  }

  private void drop(Segment segment) throws IOException {
    files.delete(segment.path);
    segments.remove(segment);
  }

  /**
   * Walks the last record of every key, removals left out: the newest file first, and in it the
   * newest record.
   */
  void scan(Consumer<RecordScanner> visitor) throws IOException {
    scanLock.lock();
    try {
      for (Segment segment : segments.newestFirst()) {
        scan(segment, visitor);
      }
      indexed = true;
    } finally {
      scanLock.unlock();
    }
  }

  private void scan(Segment segment, Consumer<RecordScanner> visitor) {
    RecordScanner scanner;
    try {
      scanner = files.scanner(segment, segments.sizeBytes(segment));
    } catch (NoSuchFileException e) {
      log.debug("journal: {} has just gone", segment.path);
      return;
    } catch (IOException e) {
      log.warn("journal: {} cannot be read ({}); passed over", segment.path, e.toString());
      return;
    }
    int[] newestFirst = segments.claim(segment, scanner);
    if (newestFirst == null) {
      return;
    }
    if (segment.firstScan) {
      segment.firstScan = false;
      tellDamage(segment, scanner);
    }
    for (int offset : newestFirst) {
      scanner.moveTo(offset);
      if (!scanner.isRemoval()) {
        visitor.accept(scanner);
      }
    }
  }

  private void tellDamage(Segment segment, RecordScanner scanner) {
    if (!owned) {
      return;
    }
    if (segment.damaged) {
      log.warn(
          "journal: {} is damaged at byte {}; {} records can be read",
          segment.path,
          scanner.damagedAt(),
          segment.records);
    } else if (segment.torn) {
      log.info(
          "journal: {} was cut short at byte {} of {}; {} records before can be read",
          segment.path,
          scanner.damagedAt(),
          segment.sizeBytes,
          segment.records);
    }
  }

  /** Does one piece of housekeeping; returns whether there was one worth it. */
  boolean tidy(long nowMillis) throws IOException {
    if (!scanLock.tryLock()) {
      return false;
    }
    try {
      return indexed && tidier.tidy(active, nowMillis);
    } finally {
      scanLock.unlock();
    }
  }

  /** Bytes of all files. */
  long sizeBytes() {
    return segments.sizeBytes();
  }

  /** Files passed over or set aside because they could not be read. */
  int setAside() {
    return segments.setAside();
  }

  /** Number of keys known, those removed included. */
  int keys() {
    return segments.keys();
  }
}
