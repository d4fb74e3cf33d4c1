package dev.holdfast.wire;

/** A prefix under which IPv6 addresses stand for IPv4 ones (RFC 6052 §2.2). Immutable. */
public final class TranslationPrefix {

  /** {@link #ipv4}: the address is not under the prefix. */
  public static final long NONE = -1;

  private static final int IPV6_LENGTH = 16;
  private static final int IPV4_LENGTH = 4;

  /** The byte that stays zero between the parts of the IPv4 address. */
  private static final int RESERVED_BYTE = 8;

  private final byte[] address = new byte[IPV6_LENGTH];
  private final int length;

  /**
   * The prefix of an address of 128 bits.
   *
   * @param prefixLength 32, 40, 48, 56, 64 or 96
   */
  public TranslationPrefix(long high, long low, int prefixLength) {
    if (!isLength(prefixLength)) {
      throw new IllegalArgumentException(
          "prefix length: " + prefixLength + " (expected 32, 40, 48, 56, 64 or 96)");
    }
    put(address, high, low);
    length = prefixLength / Byte.SIZE;
    if (address[RESERVED_BYTE] != 0) {
      throw new IllegalArgumentException("prefix: bits 64 to 71 are set (expected zeros)");
    }
  }

  private static void put(byte[] address, long high, long low) {
    Header.putUint32(address, 0, high >>> Integer.SIZE);
    Header.putUint32(address, 4, high);
    Header.putUint32(address, 8, low >>> Integer.SIZE);
    Header.putUint32(address, 12, low);
  }

  /** Whether a prefix may have this length. */
  public static boolean isLength(int prefixLength) {
    return switch (prefixLength) {
      case 32, 40, 48, 56, 64, 96 -> true;
      default -> false;
    };
  }

  /** Returns the IPv6 address that stands for the IPv4 address at {@code offset}. */
  byte[] ipv6(byte[] ipv4, int offset) {
    byte[] translated = address.clone();
    int position = length;
    for (int i = 0; i < IPV4_LENGTH; i++) {
      position += position == RESERVED_BYTE ? 1 : 0;
      translated[position++] = ipv4[offset + i];
    }
    return translated;
  }

  /** Returns the IPv4 address that an IPv6 address stands for, or {@link #NONE}. */
  public long ipv4(long high, long low) {
    byte[] ipv6 = new byte[IPV6_LENGTH];
    put(ipv6, high, low);
    return ipv4(ipv6);
  }

  /** Returns the IPv4 address that an IPv6 address of 16 bytes stands for, or {@link #NONE}. */
  public long ipv4(byte[] ipv6) {
    for (int i = 0; i < length; i++) {
      if (ipv6[i] != address[i]) {
        return NONE;
      }
    }
    long ipv4 = 0;
    int position = length;
    for (int i = 0; i < IPV4_LENGTH; i++) {
      position += position == RESERVED_BYTE ? 1 : 0;
      ipv4 = ipv4 << Byte.SIZE | (ipv6[position++] & 0xff);
    }
    return ipv4;
  }
}
