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

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Secret of this process, so that nobody outside can choose names that collide. */
  private static final long SEED = new SecureRandom().nextLong() | 1;

  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  /* Open addressing with linear probing; a slot is empty when its place is NOWHERE. */
  private long[] hashes = new long[FIRST_CAPACITY];
  private long[] places = new long[FIRST_CAPACITY];
  private int size;

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
    return places[slot(hash)];
  }

  /** Remembers the place of a key's new last record and returns the one before. */
  long put(long hash, long place) {
    int slot = slot(hash);
    long before = places[slot];
    hashes[slot] = hash;
    places[slot] = place;
    if (before == NOWHERE && ++size > places.length / 4 * 3) {
      grow();
    }
    return before;
  }

  /** Forgets a key if its last record is at {@code place}. */
  void remove(long hash, long place) {
    int slot = slot(hash);
    if (places[slot] == place) {
      places[slot] = NOWHERE;
      size--;
      closeGap(slot);
    }
  }

  /** Forgets the keys whose last record is in a segment. */
  void removeSegment(int segment) {
    long[] oldHashes = hashes;
    long[] oldPlaces = places;
    hashes = new long[oldHashes.length];
    places = new long[oldPlaces.length];
    size = 0;
    for (int i = 0; i < oldPlaces.length; i++) {
      if (oldPlaces[i] != NOWHERE && segment(oldPlaces[i]) != segment) {
        put(oldHashes[i], oldPlaces[i]);
      }
    }
  }

  int size() {
    return size;
  }

  private int slot(long hash) {
    int mask = places.length - 1;
    int slot = (int) hash & mask;
    while (places[slot] != NOWHERE && hashes[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /* Moves up what stands behind the gap only because its own slot was taken. */
  private void closeGap(int emptied) {
    int mask = places.length - 1;
    int gap = emptied;
    for (int slot = (gap + 1) & mask; places[slot] != NOWHERE; slot = (slot + 1) & mask) {
      int home = (int) hashes[slot] & mask;
      if (((slot - home) & mask) >= ((slot - gap) & mask)) {
        hashes[gap] = hashes[slot];
        places[gap] = places[slot];
        places[slot] = NOWHERE;
        gap = slot;
      }
    }
  }

  private void grow() {
    long[] oldHashes = hashes;
    long[] oldPlaces = places;
    hashes = new long[oldHashes.length * 2];
    places = new long[oldPlaces.length * 2];
    for (int i = 0; i < oldPlaces.length; i++) {
      if (oldPlaces[i] != NOWHERE) {
        int slot = slot(oldHashes[i]);
        hashes[slot] = oldHashes[i];
        places[slot] = oldPlaces[i];
      }
    }
  }

  private static long mix(long value) {
    long secret = MULTIPLIER ^ SEED;
    return Math.unsignedMultiplyHigh(value, secret) ^ (value * secret);
  }
}
