package dev.holdfast.resolve;

import dev.holdfast.policy.ClientBlocks;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How many queries of each client wait on all loops, so that one client cannot take all places. A
 * client is an IPv4 address or an IPv6 /64, which is the least that one host has. Clients may share
 * a slot, which only makes the bound a little tighter. Thread-safe.
 */
final class WaiterQuota {

  /** How many slots there are, from 0 on. */
  static final int SLOTS = 1 << 14;

  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 64;

  private final AtomicIntegerArray waiting = new AtomicIntegerArray(SLOTS);
  private final ClientBlocks clients;
  private volatile int limit;

  /**
   * @param seed a secret, or a client could look for addresses that share another's slot
   */
  WaiterQuota(int limit, long seed) {
    this.limit = limit;
    this.clients = new ClientBlocks(SLOTS, IPV4_BITS, IPV6_BITS, seed);
  }

  /** Changes how many queries of one client may wait. */
  void setLimit(int limit) {
    this.limit = limit;
  }

  /** Returns where a client's waiting queries are counted. */
  int slot(long addressHigh, long addressLow) {
    return clients.slot(addressHigh, addressLow);
  }

  /** Takes a place for a client, if it may have one more. */
  boolean take(int slot) {
    if (waiting.incrementAndGet(slot) <= limit) {
      return true;
    }
    waiting.decrementAndGet(slot);
    return false;
  }

  /** Gives a place back. */
  void giveBack(int slot) {
    waiting.decrementAndGet(slot);
  }
}
