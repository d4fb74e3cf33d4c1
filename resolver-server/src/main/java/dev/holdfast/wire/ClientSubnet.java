package dev.holdfast.wire;

import org.jspecify.annotations.Nullable;

/**
 * The network that a question comes from, or that an answer is for (RFC 7871 §6). Immutable.
 *
 * <pre>
 * | option code 2 | option length 2 | family 2 | source prefix length 1 | scope prefix length 1 |
 * | as many bytes of the address as the source prefix length takes |
 * </pre>
 *
 * @param family as IANA numbers them; 0 for {@link #UNTOLD}, 3 for {@link #EVERYBODY}
 * @param prefixLength bits of the address that count
 * @param high upper half of the address as 128 bits, which an IPv4 address begins
 * @param low lower half
 */
public record ClientSubnet(int family, int prefixLength, long high, long low) {

  public static final int OPTION_CODE = 8;

  /** Longest option, its code and length included. */
  public static final int MAX_OPTION_LENGTH = 24;

  /** A client that is not told of: nothing is said to upstreams. */
  public static final ClientSubnet UNTOLD = new ClientSubnet(0, 0, 0, 0);

  /** A client that wants nothing to be told: upstreams hear that (RFC 7871 §7.1.2). */
  public static final ClientSubnet WITHHELD = new ClientSubnet(1, 0, 0, 0);

  /** What an answer is for that is the same for all. */
  public static final ClientSubnet EVERYBODY = new ClientSubnet(3, 0, 0, 0);

  /** Where an option has its scope, code and length included. */
  static final int SCOPE_IN_OPTION = 7;

  private static final int IPV4 = 1;
  private static final int IPV6 = 2;
  private static final int FIXED_LENGTH = 4;
  private static final int SOURCE_OFFSET = 2;
  private static final int SCOPE_OFFSET = 3;
  private static final int MAPPED = 0xffff;

  /** Returns the network of an address; IPv4 is mapped into ::ffff:0:0/96 (RFC 4291 §2.5.5.2). */
  public static ClientSubnet of(long high, long low, int ipv4Prefix, int ipv6Prefix) {
    return high == 0 && low >>> Integer.SIZE == MAPPED
        ? new ClientSubnet(IPV4, ipv4Prefix, low << Integer.SIZE & mask(ipv4Prefix), 0)
        : new ClientSubnet(
            IPV6, ipv6Prefix, high & mask(ipv6Prefix), low & mask(ipv6Prefix - Long.SIZE));
  }

  /**
   * Reads an option without its code and length, of a query or a reply; null when it is malformed:
   * an unknown family, a prefix that is too long, or an address of another length or with bits set
   * behind the prefix.
   */
  public static @Nullable ClientSubnet parse(byte[] bytes, int offset, int length) {
    if (length < FIXED_LENGTH) {
      return null;
    }
    int family = Header.uint16(bytes, offset);
    int prefix = bytes[offset + SOURCE_OFFSET] & 0xff;
    int scope = bytes[offset + SCOPE_OFFSET] & 0xff;
    int longest = family == IPV4 ? Integer.SIZE : family == IPV6 ? 2 * Long.SIZE : 0;
    if (family > IPV6
        || prefix > longest
        || scope > longest
        || length != FIXED_LENGTH + bytesOf(prefix)) {
      return null;
    }
    long high = 0;
    long low = 0;
    for (int i = FIXED_LENGTH; i < length; i++) {
      int bit = (i - FIXED_LENGTH) * Byte.SIZE;
      long value = bytes[offset + i] & 0xffL;
      high |= bit < Long.SIZE ? value << (Long.SIZE - Byte.SIZE - bit) : 0;
      low |= bit < Long.SIZE ? 0 : value << (2 * Long.SIZE - Byte.SIZE - bit);
    }
    ClientSubnet subnet = new ClientSubnet(family, prefix, high, low);
    return subnet.equals(subnet.cut(prefix)) ? subnet : null;
  }

  /** Returns the scope of an option that can be read. */
  public static int scope(byte[] bytes, int offset) {
    return bytes[offset + SCOPE_OFFSET] & 0xff;
  }

  /** Returns the network of at most so many bits that this one is in. */
  public ClientSubnet cut(int maxPrefix) {
    int prefix = Math.min(prefixLength, maxPrefix);
    return new ClientSubnet(family, prefix, high & mask(prefix), low & mask(prefix - Long.SIZE));
  }

  /** Whether the family is IPv4. */
  public boolean isIpv4() {
    return family == IPV4;
  }

  /** Lower half of the address as 128 bits with IPv4 mapped; the upper half is {@link #high}. */
  public long mappedLow() {
    return isIpv4() ? (long) MAPPED << Integer.SIZE | high >>> Integer.SIZE : low;
  }

  /** Whether what is for this network is for the other one too. */
  public boolean contains(ClientSubnet other) {
    if (equals(EVERYBODY)) {
      return true;
    }
    return prefixLength == 0
        ? equals(other)
        : prefixLength <= other.prefixLength && equals(other.cut(prefixLength));
  }

  /** Writes the option for a query and returns the offset behind it; nothing if untold. */
  int write(byte[] out, int offset) {
    if (equals(UNTOLD)) {
      return offset;
    }
    int addressLength = bytesOf(prefixLength);
    Header.putUint16(out, offset, OPTION_CODE);
    Header.putUint16(out, offset + 2, FIXED_LENGTH + addressLength);
    int data = offset + Edns.OPTION_HEADER_LENGTH;
    Header.putUint16(out, data, family);
    out[data + SOURCE_OFFSET] = (byte) prefixLength;
    out[data + SCOPE_OFFSET] = 0;
    for (int i = 0; i < addressLength; i++) {
      int bit = i * Byte.SIZE;
      long half = bit < Long.SIZE ? high : low;
      out[data + FIXED_LENGTH + i] = (byte) (half >>> (Long.SIZE - Byte.SIZE - bit % Long.SIZE));
    }
    return data + FIXED_LENGTH + addressLength;
  }

  private static int bytesOf(int prefix) {
    return (prefix + Byte.SIZE - 1) / Byte.SIZE;
  }

  private static long mask(int bits) {
    return bits <= 0 ? 0 : bits >= Long.SIZE ? -1L : -1L << (Long.SIZE - bits);
  }
}
