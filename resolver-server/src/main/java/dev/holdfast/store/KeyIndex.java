package dev.holdfast.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * Where the last record of every key of one table is: a hash of 64 bits to a place in a file, 16
 * bytes each. Two keys with one hash would be taken for the same; with a million keys the chance is
 * one in forty million, and what is lost is one answer. Confined to its owner's lock.
 */
final class KeyIndex {

  /** No place; segments are numbered from 1. */
  static final long NOWHERE = 0;

  private static final int FIRST_CAPACITY = 1024;

  /** So much of the slots may be taken: 13 are looked at then for a new key, in a row. */
  private static final int MOST = 4;

  private static final int MOST_OF = 5;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Secret of this process, so that nobody outside can choose names that collide. */
  private static final long SEED = new SecureRandom().nextLong() | 1;

  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  /*
   * Open addressing with linear probing: a hash and its place beside it, so that a look costs one
   * line of the processor's cache. A slot, the index of its hash, is empty when its place is NOWHERE.
   */
  private long[] slots = new long[2 * FIRST_CAPACITY];
  private int size;

  /** Written so that a look for its own sake is taken. */
  @SuppressWarnings("UnusedVariable")
  private long fetched;

  /** Returns the place of a record. */
  static long place(int segment, int offset) {
    return (long) segment << Integer.SIZE | offset;
  }

  /** Returns the number of the segment of a place. */
  static int segment(long place) {
    return (int) (place >>> Integer.SIZE);
  }

  /** Returns the hash of a key. */
  static long hash(byte[] bytes, int offset, int length) {
    int limit = offset + length;
    long hash = SEED ^ length;
    int i = offset;
    for (; i + Long.BYTES <= limit; i += Long.BYTES) {
      hash = mix(hash ^ (long) LONGS.get(bytes, i));
    }
    long tail = 0;
    for (int shift = 0; i < limit; i++, shift += Byte.SIZE) {
      tail |= (bytes[i] & 0xffL) << shift;
    }
    return mix(mix(hash ^ tail));
  }

  /** Returns the place of a key's last record, or {@link #NOWHERE}. */
  long get(long hash) {
    return slots[slot(hash) + 1];
  }

  /**
   * Has the processor fetch the slots of keys that are put next: it waits for many at once here,
   * and for one after the other there.
   */
  void fetch(long[] hashes, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += slots[home(hashes[i]) + 1];
    }
    fetched = sum;
  }

  /** Remembers the place of a key's new last record and returns the one before. */
  long put(long hash, long place) {
    int slot = slot(hash);
    long before = slots[slot + 1];
    slots[slot] = hash;
    slots[slot + 1] = place;
    if (before == NOWHERE && ++size > slots.length / 2 / MOST_OF * MOST) {
      grow();
    }
    return before;
  }

  /** Forgets a key if its last record is at {@code place}. */
  void remove(long hash, long place) {
    int slot = slot(hash);
    if (slots[slot + 1] == place) {
      slots[slot + 1] = NOWHERE;
      size--;
      closeGap(slot);
    }
  }

  /**
   * Forgets the keys whose last record is in a segment. In place: another array of that size would
   * cost a small heap a full collection each time.
   */
  void removeSegment(int segment) {
    for (int slot = 0; slot < slots.length; slot += 2) {
      while (slots[slot + 1] != NOWHERE && segment(slots[slot + 1]) == segment) {
        slots[slot + 1] = NOWHERE;
        size--;
        closeGap(slot);
      }
    }
  }

  int size() {
    return size;
  }

  private int slot(long hash) {
    int slot = home(hash);
    while (slots[slot + 1] != NOWHERE && slots[slot] != hash) {
      slot = next(slot);
    }
    return slot;
  }

  private int home(long hash) {
    return (int) hash << 1 & (slots.length - 1);
  }

  private int next(int slot) {
    return (slot + 2) & (slots.length - 1);
  }

  /* How far a slot is behind its home, round the end of the array. */
  private int distance(int slot, int home) {
    return (slot - home) & (slots.length - 1);
  }

  /* Moves up what stands behind the gap only because its own slot was taken. */
  private void closeGap(int emptied) {
    int gap = emptied;
    for (int slot = next(gap); slots[slot + 1] != NOWHERE; slot = next(slot)) {
      if (distance(slot, home(slots[slot])) >= distance(slot, gap)) {
        slots[gap] = slots[slot];
        slots[gap + 1] = slots[slot + 1];
        slots[slot + 1] = NOWHERE;
        gap = slot;
      }
    }
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    for (int from = 0; from < old.length; from += 2) {
      if (old[from + 1] != NOWHERE) {
        int slot = slot(old[from]);
        slots[slot] = old[from];
        slots[slot + 1] = old[from + 1];
      }
    }
  }

  private static long mix(long value) {
    long secret = MULTIPLIER ^ SEED;
    return Math.unsignedMultiplyHigh(value, secret) ^ (value * secret);
  }
}
