package dev.holdfast.resolve;

/** Addresses of this machine as 128 bits in two halves, IPv4 mapped (RFC 4291 §2.5.5.2). */
final class LocalAddress {

  private static final long LOOPBACK_IPV4 = 0xffff_7f00_0001L;
  private static final long LOOPBACK_IPV6 = 1;

  private LocalAddress() {}

  /** Whether the address is 127.0.0.1 or ::1, which nobody can send from elsewhere. */
  static boolean isThisHost(long high, long low) {
    return high == 0 && (low == LOOPBACK_IPV4 || low == LOOPBACK_IPV6);
  }
}
