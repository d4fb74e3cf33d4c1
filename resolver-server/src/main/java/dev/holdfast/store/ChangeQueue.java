package dev.holdfast.store;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.HeapShare;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Changes between the event loops and the journal's writer, bounded in number and in bytes. Any
 * thread offers and none ever waits; only the writer reads, and frees what it has written.
 */
final class ChangeQueue {

  private static final int MOST_PLACES = 1 << 17;

  /** Memory of changes that wait to be written. */
  static final long MAX_BYTES = HeapShare.of(/* percent= */ 3, 32L << 20);

  /** Changes that wait to be written: on a small heap the memory is what bounds them. */
  static final int CAPACITY = (int) Math.min(MOST_PLACES, placesFor(MAX_BYTES));

  /*
   * A ring. A producer first claims a place by moving the tail, then fills it, its subject last, so a
   * place behind the tail may be empty for an instant; the writer takes that for the end and comes
   * again. An answer lies here as its key and its entry: an object around them would live just long
   * enough to be moved by the collector.
   */
  private final AtomicReferenceArray<@Nullable Object> subjects =
      new AtomicReferenceArray<>(CAPACITY);
  private final @Nullable CacheEntry[] entries = new @Nullable CacheEntry[CAPACITY];
  private final AtomicLong head = new AtomicLong();
  private final AtomicLong tail = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  /** Up to where the writer has read, and the memory of what it has not freed of that. */
  private long read;

  private long readBytes;

  /* A power of two. */
  private static long placesFor(long bytes) {
    return 2 * Long.highestOneBit(bytes / Change.OVERHEAD_BYTES);
  }

  /**
   * Adds an answer, or returns false when there is no room.
   *
   * @param entry null when it was forgotten
   */
  boolean offer(CacheKey key, @Nullable CacheEntry entry) {
    return offer(key, entry, Change.OfAnswer.sizeBytes(key, entry));
  }

  /** Adds a change of something other than an answer, or returns false when there is no room. */
  boolean offer(Change change) {
    return offer(change, null, change.sizeBytes());
  }

  private boolean offer(Object subject, @Nullable CacheEntry entry, int sizeBytes) {
    if (bytes.get() >= MAX_BYTES) {
      return false;
    }
    long place;
    do {
      place = tail.get();
      if (place - head.get() >= CAPACITY) {
        return false;
      }
    } while (!tail.compareAndSet(place, place + 1));
    bytes.addAndGet(sizeBytes);
    entries[index(place)] = entry;
    subjects.setRelease(index(place), subject);
    return true;
  }

  /** Returns where the next change will be placed: all before were offered by now. */
  long end() {
    return tail.get();
  }

  /** Returns the oldest change placed before {@code end} that was not read yet, or null. */
  @Nullable Change read(long end) {
    Object subject = read < end ? subjects.getAcquire(index(read)) : null;
    if (subject == null) {
      return null;
    }
    Change change =
        subject instanceof CacheKey key
            ? new Change.OfAnswer(key, entries[index(read)])
            : (Change) subject;
    read++;
    readBytes += change.sizeBytes();
    return change;
  }

  /** Frees the places of what was read and returns how many changes that were. */
  int free() {
    long first = head.get();
    for (long place = first; place < read; place++) {
      entries[index(place)] = null;
      subjects.setPlain(index(place), null);
    }
    bytes.addAndGet(-readBytes);
    readBytes = 0;
    head.setRelease(read);
    return (int) (read - first);
  }

  /** Lets everything be read again that was not freed. */
  void rewind() {
    read = head.get();
    readBytes = 0;
  }

  /** Whether everything placed before {@code end} was freed. */
  boolean isFree(long end) {
    return head.get() >= end;
  }

  /** Whether half of the places or of the memory is taken. */
  boolean isHalfFull() {
    return size() >= CAPACITY / 2 || bytes.get() >= MAX_BYTES / 2;
  }

  int size() {
    long first = head.get();
    return Math.clamp(tail.get() - first, 0, CAPACITY);
  }

  private static int index(long place) {
    return (int) place & (CAPACITY - 1);
  }
}
