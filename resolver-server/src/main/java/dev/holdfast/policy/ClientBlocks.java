package dev.holdfast.policy;

/**
 * A fixed number of slots that blocks of client addresses fall into, by a keyed hash: an IPv4 and
 * an IPv6 client are known by that many leading bits of their addresses. Blocks share a slot when
 * their hashes meet, which nobody can aim at. Immutable.
 */
public final class ClientBlocks {

  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;
  private static final int IPV4_MARK = 0xffff;

  private final int slots;
  private final long seed;
  private final long ipv4Mask;
  private final long ipv6Mask;

  /**
   * @param slots a power of two
   * @param ipv4Bits leading bits that tell IPv4 clients apart, 1..32
   * @param ipv6Bits leading bits that tell IPv6 clients apart, 1..64
   * @param seed a secret, or a client could look for addresses that share another's slot
   */
  public ClientBlocks(int slots, int ipv4Bits, int ipv6Bits, long seed) {
    if (Integer.bitCount(slots) != 1) {
      throw new IllegalArgumentException("slots: " + slots + " (expected a power of two)");
    }
    this.slots = slots;
    this.seed = seed;
    this.ipv4Mask = -1L << (32 - ipv4Bits);
    this.ipv6Mask = -1L << (64 - ipv6Bits);
  }

  /** Returns the slot of a client. */
  public int slot(long addressHigh, long addressLow) {
    boolean ipv4 = addressHigh == 0 && addressLow >>> 32 == IPV4_MARK;
    long block = ipv4 ? addressLow & ipv4Mask : addressHigh & ipv6Mask;
    long mixed = (block ^ seed) * MULTIPLIER;
    long hash = Math.unsignedMultiplyHigh(mixed ^ seed, MULTIPLIER) ^ (mixed * MULTIPLIER);
    return (int) (hash >>> 32) & (slots - 1);
  }

  /** Returns how many slots there are. */
  public int slots() {
    return slots;
  }
}
