package dev.holdfast.resolve;

/** Addresses of this machine as 128 bits in two halves, IPv4 mapped (RFC 4291 §2.5.5.2). */
final class LocalAddress {

  private static final long IPV4_MAPPED = 0xffffL;
  private static final int LOOPBACK_NET = 127;

  private LocalAddress() {}

  /** Whether the address is in 127.0.0.0/8 or is ::1. */
  static boolean isLoopback(long high, long low) {
    boolean ipv4 = low >>> 32 == IPV4_MAPPED && (low >>> 24 & 0xff) == LOOPBACK_NET;
    return high == 0 && (ipv4 || low == 1);
  }
}
