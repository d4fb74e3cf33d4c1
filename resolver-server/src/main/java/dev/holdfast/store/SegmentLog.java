package dev.holdfast.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
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

  /** A file is written anew when this much of it is superseded. */
  private static final int GARBAGE_PERCENT = 50;

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
  private final RecordBuffer buffer;
  private final boolean owned;
  private final ReentrantLock scanLock = new ReentrantLock();
  private final TreeMap<Integer, Segment> segments = new TreeMap<>();
  private final KeyIndex index = new KeyIndex();
  private @Nullable FileChannel channel;
  private @Nullable Segment active;
  private int lastNumber;
  private boolean indexed;
  private int setAside;

  /**
   * Opens the files of a table.
   *
   * @param buffer shared with other logs of the same writer
   * @param owned whether this process may write, and move away what it cannot read
   */
  SegmentLog(
      JournalFiles files, Table table, int segmentSizeBytes, RecordBuffer buffer, boolean owned)
      throws IOException {
    this.files = files;
    this.buffer = buffer;
    this.owned = owned;
    this.table = table;
    this.segmentSizeBytes = segmentSizeBytes;
    for (int number : files.numbers(table)) {
      lastNumber = Math.max(lastNumber, number);
      Path path = files.path(table, number);
      try {
        int size = (int) files.size(path);
        byte[] start = files.read(path, Math.min(size, SegmentHeader.LENGTH));
        SegmentHeader header = SegmentHeader.read(start, table, number);
        segments.put(number, new Segment(header, path, size));
      } catch (NoSuchFileException e) {
        log.debug("journal: {} has just gone", path);
      } catch (ForeignFileException e) {
        reject(path, e);
      }
    }
  }

  private void reject(Path path, ForeignFileException reason) throws IOException {
    setAside++;
    if (owned) {
      Path aside = files.setAside(path);
      log.warn("journal: {} {}; set aside as {}", path, reason.getMessage(), aside);
    } else {
      log.warn("journal: {} {}; passed over", path, reason.getMessage());
    }
  }

  /** Adds records behind all others; either all of them are written or none counts. */
  void append(List<JournalRecord> records) throws IOException {
    Segment segment = active;
    if (segment == null || segment.sizeBytes >= segmentSizeBytes) {
      seal();
      segment = begin();
    }
    if (segment.sizeBytes == 0) {
      buffer.begin(segment.header);
    } else {
      buffer.begin(segment.header.marker());
    }
    int[] offsets = new int[records.size()];
    for (int i = 0; i < offsets.length; i++) {
      JournalRecord record = records.get(i);
      byte[] value = record.value();
      offsets[i] =
          value == null
              ? buffer.remove(record.key())
              : buffer.put(record.key(), value, record.endsAtMillis());
    }
    try {
      files.write(writeChannel(), buffer.content(), segment.sizeBytes);
    } catch (IOException e) {
      abandon(segment);
      throw e;
    }
    added(segment, records, offsets);
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
    synchronized (this) {
      segments.put(number, segment);
    }
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

  private synchronized void added(Segment segment, List<JournalRecord> records, int[] offsets) {
    int start = (int) segment.sizeBytes;
    segment.sizeBytes += buffer.length();
    segment.records += offsets.length;
    segment.liveRecords += offsets.length;
    for (int i = 0; i < offsets.length; i++) {
      JournalRecord record = records.get(i);
      byte[] key = record.key();
      long place = KeyIndex.place(segment.number(), start + offsets[i]);
      forgetLive(index.put(KeyIndex.hash(key, 0, key.length), place));
      if (record.value() != null) {
        segment.endsAtMillis = Math.max(segment.endsAtMillis, record.endsAtMillis());
      }
    }
  }

  private void forgetLive(long place) {
    Segment before = place == KeyIndex.NOWHERE ? null : segments.get(KeyIndex.segment(place));
    if (before != null) {
      before.liveRecords--;
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

  /** Bytes of all files. */
  synchronized long sizeBytes() {
    long sum = 0;
    for (Segment segment : segments.values()) {
      sum += segment.sizeBytes;
    }
    return sum;
  }

  /** Files passed over or set aside because they could not be read. */
  synchronized int setAside() {
    return setAside;
  }

  /** Number of keys known, those removed included. */
  synchronized int keys() {
    return index.size();
  }

  /** Deletes the oldest file; returns whether there was one. */
  boolean dropOldest() throws IOException {
    Segment oldest;
    synchronized (this) {
      oldest = segments.isEmpty() ? null : segments.firstEntry().getValue();
    }
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
    synchronized (this) {
      segments.remove(segment.number());
      index.removeSegment(segment.number());
    }
  }

  /**
   * Walks the last record of every key, removals left out: the newest file first, and in it the
   * newest record.
   */
  void scan(Consumer<RecordScanner> visitor) throws IOException {
    scanLock.lock();
    try {
      List<Segment> newestFirst;
      synchronized (this) {
        newestFirst = new ArrayList<>(segments.descendingMap().values());
      }
      for (Segment segment : newestFirst) {
        scan(segment, visitor);
      }
      synchronized (this) {
        indexed = true;
      }
    } finally {
      scanLock.unlock();
    }
  }

  private void scan(Segment segment, Consumer<RecordScanner> visitor) {
    RecordScanner scanner;
    try {
      scanner = scanner(segment);
    } catch (NoSuchFileException e) {
      log.debug("journal: {} has just gone", segment.path);
      return;
    } catch (IOException e) {
      log.warn("journal: {} cannot be read ({}); passed over", segment.path, e.toString());
      return;
    }
    OffsetList newestFirst = claim(segment, scanner);
    for (int i = 0; i < newestFirst.size; i++) {
      scanner.moveTo(newestFirst.offsets[i]);
      if (!scanner.isRemoval()) {
        visitor.accept(scanner);
      }
    }
  }

  private RecordScanner scanner(Segment segment) throws IOException {
    int size;
    synchronized (this) {
      size = (int) segment.sizeBytes;
    }
    return new RecordScanner(files.read(segment.path, size), size, segment.header.marker());
  }

  /* Notes which records are the last of their key, and returns where those begin. */
  private OffsetList claim(Segment segment, RecordScanner scanner) {
    OffsetList all = new OffsetList();
    while (scanner.next()) {
      all.add(scanner.offset());
    }
    OffsetList live = new OffsetList();
    synchronized (this) {
      if (segments.get(segment.number()) != segment) {
        return live;
      }
      int claimed = 0;
      for (int i = all.size - 1; i >= 0; i--) {
        scanner.moveTo(all.offsets[i]);
        long hash = scanner.hash();
        long place = KeyIndex.place(segment.number(), scanner.offset());
        long known = index.get(hash);
        if (known == KeyIndex.NOWHERE) {
          index.put(hash, place);
          claimed++;
        }
        if (known == KeyIndex.NOWHERE || known == place) {
          live.add(scanner.offset());
        }
        segment.endsAtMillis = Math.max(segment.endsAtMillis, scanner.endsAtMillis());
      }
      if (!segment.counted) {
        segment.counted = true;
        segment.records = all.size;
        segment.liveRecords = claimed;
        noteDamage(segment, scanner);
      }
    }
    return live;
  }

  private void noteDamage(Segment segment, RecordScanner scanner) {
    segment.damaged = scanner.recordsAfterDamage();
    segment.torn = scanner.damagedAt() >= 0 && !segment.damaged;
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
      List<Segment> sealed;
      synchronized (this) {
        if (!indexed) {
          return false;
        }
        sealed = new ArrayList<>(segments.values());
      }
      sealed.remove(active);
      Segment oldest = sealed.isEmpty() ? null : sealed.getFirst();
      if (oldest != null && oldest.counted && oldest.endsAtMillis < nowMillis) {
        drop(oldest);
        return true;
      }
      List<Segment> worth = worthRewriting(sealed);
      if (worth.isEmpty()) {
        return false;
      }
      rewrite(worth, nowMillis);
      return true;
    } finally {
      scanLock.unlock();
    }
  }

  private List<Segment> worthRewriting(List<Segment> sealed) {
    Segment before = null;
    for (Segment segment : sealed) {
      if (segment.counted
          && (segment.damaged || segment.torn || segment.garbagePercent() >= GARBAGE_PERCENT)) {
        return List.of(segment);
      }
      if (before != null
          && before.counted
          && segment.counted
          && before.sizeBytes + segment.sizeBytes <= segmentSizeBytes / 2) {
        return List.of(before, segment);
      }
      before = segment;
    }
    return List.of();
  }

  /* Writes the live records of neighbouring files into one that has the number of the first. */
  private void rewrite(List<Segment> sources, long nowMillis) throws IOException {
    Segment first = sources.getFirst();
    boolean nothingOlder;
    synchronized (this) {
      nothingOlder = segments.firstKey() == first.number();
    }
    SegmentHeader header = new SegmentHeader(table, first.number(), random.nextInt());
    Segment rewritten = new Segment(header, first.path, 0);
    rewritten.counted = true;
    buffer.begin(header);
    List<Move> moves = new ArrayList<>();
    for (Segment source : sources) {
      collect(source, rewritten, nothingOlder, nowMillis, moves);
      if (source.damaged) {
        synchronized (this) {
          setAside++;
        }
        Path aside = files.copyAside(source.path);
        log.warn("journal: {} written anew; the damaged file is kept as {}", source.path, aside);
      }
    }
    rewritten.sizeBytes = buffer.length();
    files.replace(first.path, buffer.content());
    synchronized (this) {
      segments.put(first.number(), rewritten);
      for (Move move : moves) {
        if (move.to == Move.DROPPED) {
          index.remove(move.hash, move.from);
        } else {
          index.put(move.hash, KeyIndex.place(first.number(), move.to));
        }
      }
      sources.stream().skip(1).forEach(source -> segments.remove(source.number()));
    }
    for (Segment source : sources.subList(1, sources.size())) {
      files.delete(source.path);
    }
    if (rewritten.records == 0) {
      drop(rewritten);
    }
  }

  /*
   * A record that is of no use any more still hides older ones of its key, so it is kept as a
   * removal while there may be any.
   */
  private void collect(
      Segment source, Segment target, boolean nothingOlder, long nowMillis, List<Move> moves)
      throws IOException {
    RecordScanner record = scanner(source);
    while (record.next()) {
      long hash = record.hash();
      long place = KeyIndex.place(source.number(), record.offset());
      if (!isLive(hash, place)) {
        continue;
      }
      boolean useless = record.isRemoval() || record.endsAtMillis() < nowMillis;
      if (useless && nothingOlder) {
        moves.add(new Move(hash, place, Move.DROPPED));
        continue;
      }
      int offset = useless ? buffer.remove(record.key()) : buffer.copy(record);
      moves.add(new Move(hash, place, offset));
      target.records++;
      target.liveRecords++;
      if (!useless) {
        target.endsAtMillis = Math.max(target.endsAtMillis, record.endsAtMillis());
      }
    }
  }

  private synchronized boolean isLive(long hash, long place) {
    return index.get(hash) == place;
  }

  /** Where a record was and is now. */
  private record Move(long hash, long from, int to) {
    static final int DROPPED = -1;
  }

  /** A growing list of offsets. */
  private static final class OffsetList {

    private int[] offsets = new int[256];
    private int size;

    void add(int offset) {
      if (size == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * size);
      }
      offsets[size++] = offset;
    }
  }
}
