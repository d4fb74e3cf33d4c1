package dev.holdfast.resolve;

/** Addresses of this machine as 128 bits in two halves, IPv4 mapped (RFC 4291 §2.5.5.2). */
final class LocalAddress {

  private static final long IPV4_MAPPED = 0xffffL;
  private static final int LOOPBACK_NET = 127;
  private static final long LOOPBACK_IPV4 = 0xffff_7f00_0001L;
  private static final long LOOPBACK_IPV6 = 1;

  private LocalAddress() {}

  /** Whether the address is 127.0.0.1 or ::1, which nobody can send from elsewhere. */
  static boolean isThisHost(long high, long low) {
    return high == 0 && (low == LOOPBACK_IPV4 || low == LOOPBACK_IPV6);
  }

  /** Whether the address is in 127.0.0.0/8 or is ::1. */
  static boolean isLoopback(long high, long low) {
    boolean ipv4 = low >>> 32 == IPV4_MAPPED && (low >>> 24 & 0xff) == LOOPBACK_NET;
    return high == 0 && (ipv4 || low == LOOPBACK_IPV6);
  }
}
