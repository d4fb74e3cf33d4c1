package dev.holdfast.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The files of one table, and in which of them the last record of every key is. Thread-safe. */
final class SegmentSet {

  private final TreeMap<Integer, Segment> segments = new TreeMap<>();
  private final KeyIndex index = new KeyIndex();
  private int setAside;

  /** Of the keys that are being noted. */
  private long[] hashes = new long[256];

  /** Where a record was and is now. */
  record Move(long hash, long from, int to) {
    static final int DROPPED = -1;
  }

  synchronized void add(Segment segment) {
    segments.put(segment.number(), segment);
  }

  synchronized void remove(Segment segment) {
    segments.remove(segment.number());
    index.removeSegment(segment.number());
  }

  synchronized List<Segment> oldestFirst() {
    return new ArrayList<>(segments.values());
  }

  synchronized List<Segment> newestFirst() {
    return new ArrayList<>(segments.descendingMap().values());
  }

  synchronized @Nullable Segment oldest() {
    return segments.isEmpty() ? null : segments.firstEntry().getValue();
  }

  /** Bytes of all files. */
  synchronized long sizeBytes() {
    long sum = 0;
    for (Segment segment : segments.values()) {
      sum += segment.sizeBytes;
    }
    return sum;
  }

  /** Bytes of one file. */
  synchronized int sizeBytes(Segment segment) {
    return (int) segment.sizeBytes;
  }

  /** Number of keys known, those removed included. */
  synchronized int keys() {
    return index.size();
  }

  /** Files passed over or set aside because they could not be read. */
  synchronized int setAside() {
    return setAside;
  }

  synchronized void countSetAside() {
    setAside++;
  }

  /** Notes records that were written at the end of a file, behind its header if that was empty. */
  synchronized void appended(Segment segment, RecordBuffer written) {
    int end = (int) segment.sizeBytes;
    int first = end == 0 ? SegmentHeader.LENGTH : 0;
    int count = 0;
    for (int at = first; at < written.length(); at = written.next(at)) {
      if (count == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * count);
      }
      hashes[count++] = written.hash(at);
    }
    index.fetch(hashes, count);
    int at = first;
    for (int i = 0; i < count; i++) {
      forgetLive(index.put(hashes[i], KeyIndex.place(segment.number(), end + at)));
      segment.endsAtMillis = Math.max(segment.endsAtMillis, written.endsAtMillis(at));
      at = written.next(at);
    }
    segment.records += count;
    segment.liveRecords += count;
    segment.sizeBytes += written.length();
  }

  private void forgetLive(long place) {
    Segment before = place == KeyIndex.NOWHERE ? null : segments.get(KeyIndex.segment(place));
    if (before != null) {
      before.liveRecords--;
    }
  }

  /**
   * Notes which records of a file are the last of their key, newer files having been claimed
   * before, and returns where those begin, the newest first.
   *
   * @return null when the file is no more
   */
  int @Nullable [] claim(Segment segment, RecordScanner scanner) {
    int[] all = new int[256];
    int count = 0;
    while (scanner.next()) {
      if (count == all.length) {
        all = Arrays.copyOf(all, 2 * count);
      }
      all[count++] = scanner.offset();
    }
    return claim(segment, scanner, Arrays.copyOf(all, count));
  }

  private synchronized int @Nullable [] claim(Segment segment, RecordScanner scanner, int[] all) {
    if (segments.get(segment.number()) != segment) {
      return null;
    }
    int[] live = new int[all.length];
    int liveCount = 0;
    int claimed = 0;
    for (int i = all.length - 1; i >= 0; i--) {
      scanner.moveTo(all[i]);
      long hash = scanner.hash();
      long place = KeyIndex.place(segment.number(), scanner.offset());
      long known = index.get(hash);
      if (known == KeyIndex.NOWHERE) {
        index.put(hash, place);
        claimed++;
      }
      if (known == KeyIndex.NOWHERE || known == place) {
        live[liveCount++] = scanner.offset();
      }
      segment.endsAtMillis = Math.max(segment.endsAtMillis, scanner.endsAtMillis());
    }
    if (!segment.counted) {
      segment.counted = true;
      segment.firstScan = true;
      segment.records = all.length;
      segment.liveRecords = claimed;
      segment.damaged = scanner.recordsAfterDamage();
      segment.torn = scanner.damagedAt() >= 0 && !segment.damaged;
    }
    return Arrays.copyOf(live, liveCount);
  }

  /** Whether the last record of a key is at {@code place}. */
  synchronized boolean isLive(long hash, long place) {
    return index.get(hash) == place;
  }

  /** Puts a file in place of the first of its sources, and forgets the others. */
  synchronized void replace(Segment rewritten, List<Segment> sources, List<Move> moves) {
    segments.put(rewritten.number(), rewritten);
    for (Move move : moves) {
      if (move.to == Move.DROPPED) {
        index.remove(move.hash, move.from);
      } else {
        index.put(move.hash, KeyIndex.place(rewritten.number(), move.to));
      }
    }
    sources.stream().skip(1).forEach(source -> segments.remove(source.number()));
  }
}
