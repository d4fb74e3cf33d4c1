package dev.holdfast.store;

import dev.holdfast.store.SegmentSet.Move;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the files of one table few, whole and free of what was superseded. Confined to the
 * journal's writer, while nobody scans.
 */
final class SegmentTidier {

  private static final Logger log = LoggerFactory.getLogger(SegmentTidier.class);

  /** A file is written anew when this much of it is superseded. */
  private static final int GARBAGE_PERCENT = 50;

  private final JournalFiles files;
  private final Table table;
  private final int segmentSizeBytes;
  private final RecordBuffer buffer;
  private final SegmentSet segments;
  private final SecureRandom random = new SecureRandom();

  SegmentTidier(
      JournalFiles files,
      Table table,
      int segmentSizeBytes,
      RecordBuffer buffer,
      SegmentSet segments) {
    this.files = files;
    this.table = table;
    this.segmentSizeBytes = segmentSizeBytes;
    this.buffer = buffer;
    this.segments = segments;
  }

  /**
   * Does one piece of housekeeping; returns whether there was one worth it.
   *
   * @param active the file that is being written, which is left alone
   */
  boolean tidy(@Nullable Segment active, long nowMillis) throws IOException {
    List<Segment> sealed = segments.oldestFirst();
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
  }

  private void drop(Segment segment) throws IOException {
    files.delete(segment.path);
    segments.remove(segment);
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
    boolean nothingOlder = segments.oldest() == first;
    SegmentHeader header = new SegmentHeader(table, first.number(), random.nextInt());
    Segment rewritten = new Segment(header, first.path, 0);
    rewritten.counted = true;
    buffer.begin(header);
    List<Move> moves = new ArrayList<>();
    for (Segment source : sources) {
      collect(source, rewritten, nothingOlder, nowMillis, moves);
      if (source.damaged) {
        segments.countSetAside();
        Path aside = files.copyAside(source.path);
        log.warn("journal: {} written anew; the damaged file is kept as {}", source.path, aside);
      }
    }
    rewritten.sizeBytes = buffer.length();
    files.replace(first.path, buffer.content());
    segments.replace(rewritten, sources, moves);
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
    RecordScanner record = files.scanner(source, segments.sizeBytes(source));
    while (record.next()) {
      long hash = record.hash();
      long place = KeyIndex.place(source.number(), record.offset());
      if (!segments.isLive(hash, place)) {
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
}
