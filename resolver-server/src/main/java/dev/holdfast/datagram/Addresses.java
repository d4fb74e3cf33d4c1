package dev.holdfast.datagram;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * IP addresses as two longs of 128 bits; IPv4 is mapped into ::ffff:0:0/96 (RFC 4291 §2.5.5.2).
 * Thread-safe.
 */
public final class Addresses {

  private static final long IPV4_PREFIX = 0x0000_ffff_0000_0000L;
  private static final long IPV4_MASK = 0x0000_0000_ffff_ffffL;
  private static final int LOOPBACK_NETWORK = 127;
  private static final int IPV6_BYTES = 16;

  private Addresses() {}

  /** Upper half of {@code address}. */
  public static long high(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == IPV6_BYTES ? ByteBuffer.wrap(bytes).getLong(0) : 0;
  }

  /** Lower half of {@code address}. */
  public static long low(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == IPV6_BYTES
        ? ByteBuffer.wrap(bytes).getLong(Long.BYTES)
        : mapped(ByteBuffer.wrap(bytes).getInt(0));
  }

  /** Lower half of an IPv4 address, given as its 32 bits. */
  public static long mapped(int ipv4) {
    return IPV4_PREFIX | (ipv4 & IPV4_MASK);
  }

  /** Whether the two halves are an IPv4 address. */
  public static boolean isIpv4(long high, long low) {
    return high == 0 && (low & ~IPV4_MASK) == IPV4_PREFIX;
  }

  /** Whether the two halves are in 127.0.0.0/8 or are ::1. */
  public static boolean isLoopback(long high, long low) {
    return isIpv4(high, low) ? (low & IPV4_MASK) >>> 24 == LOOPBACK_NETWORK : high == 0 && low == 1;
  }

  /** Returns the address object; {@code scopeId} counts for IPv6 when it is not 0. */
  public static InetAddress toInetAddress(long high, long low, int scopeId) {
    try {
      if (isIpv4(high, low)) {
        return InetAddress.getByAddress(
            ByteBuffer.allocate(Integer.BYTES).putInt((int) low).array());
      }
      byte[] bytes = ByteBuffer.allocate(IPV6_BYTES).putLong(high).putLong(low).array();
      return scopeId == 0
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, scopeId);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are always an address", e);
    }
  }

  /** Scope of a link-local IPv6 address, otherwise 0. */
  public static int scopeId(InetAddress address) {
    return address instanceof Inet6Address ipv6 ? ipv6.getScopeId() : 0;
  }
}
