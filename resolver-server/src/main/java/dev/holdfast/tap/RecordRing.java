package dev.holdfast.tap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records of bytes on their way from one thread to another, in a ring of fixed size. One thread
 * claims and publishes, one thread takes and releases; neither waits or allocates.
 */
final class RecordRing {

  /** {@link #claim}: there is no room; {@link #take}: there is no record. */
  static final int NONE = -1;

  /*
   * Positions count bytes and only grow; the place of a position is its lower bits. A record is
   * its length and its bytes, and begins at a multiple of 4. One that would cross the end begins
   * at the start instead, and a negative length marks the gap before the end.
   */
  private static final int LENGTH_BYTES = Integer.BYTES;

  private static final int GAP = -1;
  private static final VarHandle LENGTH =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private final byte[] bytes;
  private final int mask;

  private final AtomicLong published = new AtomicLong();
  private long claimed;
  private long releasedAtLeast;

  private final AtomicLong released = new AtomicLong();
  private long taken;

  /** Makes a ring of at least {@code minBytes}; a record may take up half of it. */
  RecordRing(int minBytes) {
    int size = Math.max(64, Integer.highestOneBit(Math.max(1, minBytes - 1)) << 1);
    bytes = new byte[size];
    mask = size - 1;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Returns where a record of {@code length} bytes may be written, or {@link #NONE}. */
  int claim(int length) {
    int needed = LENGTH_BYTES + aligned(length);
    long start = published.getOpaque();
    int place = (int) start & mask;
    int gap = place + needed > bytes.length ? bytes.length - place : 0;
    if (needed > bytes.length / 2 || !hasRoom(start + gap + needed)) {
      return NONE;
    }
    if (gap > 0) {
      LENGTH.set(bytes, place, GAP);
      place = 0;
    }
    LENGTH.set(bytes, place, length);
    claimed = start + gap + needed;
    return place + LENGTH_BYTES;
  }

  /** Hands over what was claimed last. */
  void publish() {
    published.setRelease(claimed);
  }

  /** Returns where the next record begins, or {@link #NONE}; it is there until released. */
  int take() {
    long end = published.getAcquire();
    long start = released.getOpaque();
    if (start == end) {
      return NONE;
    }
    int place = (int) start & mask;
    int length = (int) LENGTH.get(bytes, place);
    if (length == GAP) {
      start += bytes.length - place;
      place = 0;
      length = (int) LENGTH.get(bytes, place);
    }
    taken = start + LENGTH_BYTES + aligned(length);
    return place + LENGTH_BYTES;
  }

  /** Length of the record that begins at {@code place}. */
  int length(int place) {
    return (int) LENGTH.get(bytes, place - LENGTH_BYTES);
  }

  /** Gives the room of the record taken last back. */
  void release() {
    released.setRelease(taken);
  }

  private boolean hasRoom(long end) {
    if (end - releasedAtLeast > bytes.length) {
      releasedAtLeast = released.getAcquire();
    }
    return end - releasedAtLeast <= bytes.length;
  }

  private static int aligned(int length) {
    return (length + LENGTH_BYTES - 1) & -LENGTH_BYTES;
  }
}
