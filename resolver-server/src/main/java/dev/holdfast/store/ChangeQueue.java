package dev.holdfast.store;

import dev.holdfast.cache.HeapShare;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Changes between the event loops and the journal's writer, bounded in number and in bytes. Any
 * thread offers and none ever waits; only the writer takes.
 */
final class ChangeQueue {

  /** Changes that wait to be taken. */
  static final int CAPACITY = 1 << 16;

  /** Memory of changes that are not yet written, whether they were taken or not. */
  static final long MAX_BYTES = HeapShare.of(/* percent= */ 3, 32L << 20);

  /*
   * A ring. A producer first claims a place by moving the tail, then fills it, so a place behind the
   * tail may be empty for an instant; the writer takes that for the end and comes again.
   */
  private final AtomicReferenceArray<@Nullable Change> ring = new AtomicReferenceArray<>(CAPACITY);
  private final AtomicLong head = new AtomicLong();
  private final AtomicLong tail = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  /** Adds a change, or returns false when there is no room. */
  boolean offer(Change change) {
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
    bytes.addAndGet(change.sizeBytes());
    ring.setRelease(index(place), change);
    return true;
  }

  /** Takes the oldest change, or returns null. */
  @Nullable Change poll() {
    long place = head.get();
    Change change = ring.getAcquire(index(place));
    if (change != null) {
      ring.setRelease(index(place), null);
      head.setRelease(place + 1);
    }
    return change;
  }

  /** Returns the oldest change without taking it, or null. */
  @Nullable Change peek() {
    return ring.getAcquire(index(head.get()));
  }

  /** Gives back the memory of a change that was taken and is now written or given up. */
  void release(Change change) {
    bytes.addAndGet(-change.sizeBytes());
  }

  int size() {
    long first = head.get();
    return Math.clamp(tail.get() - first, 0, CAPACITY);
  }

  private static int index(long place) {
    return (int) place & (CAPACITY - 1);
  }
}
