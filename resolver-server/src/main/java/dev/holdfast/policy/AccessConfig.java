package dev.holdfast.policy;

import java.util.List;
import java.util.stream.Stream;

/**
 * Which clients are served; all others are refused.
 *
 * @param open whether these may be everybody on the internet
 */
public record AccessConfig(List<Cidr> allow, boolean open) {

  /** This machine and the private ranges (RFC 1918 §3, RFC 4193 §3.1). */
  public static final AccessConfig DEFAULTS =
      new AccessConfig(
          Stream.of(
                  "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
              .map(Cidr::parse)
              .toList(),
          /* open= */ false);

  private static final Cidr WORLD_IPV4 = Cidr.parse("0.0.0.0/0");

  /** Global unicast (RFC 4291 §2.4 as IANA assigns it). */
  private static final Cidr WORLD_IPV6 = Cidr.parse("2000::/3");

  public AccessConfig {
    allow = List.copyOf(allow);
    if (allow.isEmpty()) {
      throw new IllegalArgumentException("allow: [] (expected at least one address block)");
    }
  }

  /** Whether the address may ask. Allocates nothing. */
  public boolean allows(long addressHigh, long addressLow) {
    for (int i = 0; i < allow.size(); i++) {
      if (allow.get(i).contains(addressHigh, addressLow)) {
        return true;
      }
    }
    return false;
  }

  /** Whether every address of the IPv4 or of the IPv6 internet may ask. */
  public boolean allowsTheWorld() {
    return covers(WORLD_IPV4) || covers(WORLD_IPV6);
  }

  private boolean covers(Cidr block) {
    if (allow.stream().anyMatch(allowed -> allowed.contains(block))) {
      return true;
    }
    if (allow.stream().noneMatch(block::contains)) {
      return false;
    }
    int length = block.prefixLength() + 1;
    long highBit = length <= 64 ? 1L << (64 - length) : 0;
    long lowBit = length <= 64 ? 0 : 1L << (128 - length);
    return covers(new Cidr(block.high(), block.low(), length))
        && covers(new Cidr(block.high() | highBit, block.low() | lowBit, length));
  }
}
