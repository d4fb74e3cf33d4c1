package dev.holdfast.datagram;

/**
 * Linux: don't-fragment is set and path MTU messages, which others can forge, are not believed (RFC
 * 9715 §3.1). Values of linux/in.h and linux/in6.h.
 */
final class PathMtu {

  static final int IPPROTO_IP = 0;
  static final int IP_MTU_DISCOVER = 10;
  static final int IPPROTO_IPV6 = 41;
  static final int IPV6_MTU_DISCOVER = 23;

  static final int PROBE = 3;

  private PathMtu() {}
}
