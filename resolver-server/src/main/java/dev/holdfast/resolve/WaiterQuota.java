package dev.holdfast.resolve;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How many queries of each client wait on all loops, so that one client cannot take all places.
 * Clients share a slot when their addresses' hashes meet, which only makes the bound a little
 * tighter. Thread-safe.
 */
final class WaiterQuota {

  /** {@link #take}: the client has as many waiting queries as it may. */
  static final int NONE = -1;

  private static final int SLOTS = 1 << 14;
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  private final AtomicIntegerArray waiting = new AtomicIntegerArray(SLOTS);
  private final long seed;
  private volatile int limit;

  /**
   * @param seed a secret, or a client could look for addresses that share another's slot
   */
  WaiterQuota(int limit, long seed) {
    this.limit = limit;
    this.seed = seed;
  }

  /** Changes how many queries of one client may wait. */
  void setLimit(int limit) {
    this.limit = limit;
  }

  /** Takes a place for a client and returns its slot, or {@link #NONE}. */
  int take(long addressHigh, long addressLow) {
    long mixed = (addressHigh ^ seed) * MULTIPLIER ^ addressLow;
    long hash = Math.unsignedMultiplyHigh(mixed ^ seed, MULTIPLIER) ^ (mixed * MULTIPLIER);
    int slot = (int) (hash >>> 32) & (SLOTS - 1);
    if (waiting.incrementAndGet(slot) > limit) {
      waiting.decrementAndGet(slot);
      return NONE;
    }
    return slot;
  }

  /** Gives a place back. */
  void giveBack(int slot) {
    waiting.decrementAndGet(slot);
  }
}
