package dev.holdfast.policy;

/**
 * Whether upstreams hear which networks questions come from (RFC 7871).
 *
 * @param forward whether those of the default route do
 * @param ipv4Prefix how many bits of an IPv4 address they are told at most
 * @param ipv6Prefix the same of an IPv6 address
 * @param maxSizeBytes memory of all answers of such routes together
 */
public record SubnetConfig(boolean forward, int ipv4Prefix, int ipv6Prefix, long maxSizeBytes) {

  private static final long MEBIBYTE = 1L << 20;
  private static final long TEBIBYTE = 1L << 40;

  /** Nobody is told; the prefixes that RFC 7871 §11.1 recommends. */
  public static final SubnetConfig DEFAULTS = new SubnetConfig(false, 24, 56, 8 * MEBIBYTE);

  public SubnetConfig {
    if (ipv4Prefix < 1 || ipv4Prefix > 32) {
      throw new IllegalArgumentException("ipv4-prefix: " + ipv4Prefix + " (expected 1..32)");
    }
    if (ipv6Prefix < 1 || ipv6Prefix > 128) {
      throw new IllegalArgumentException("ipv6-prefix: " + ipv6Prefix + " (expected 1..128)");
    }
    if (maxSizeBytes < MEBIBYTE || maxSizeBytes > TEBIBYTE) {
      throw new IllegalArgumentException(
          "max-size: " + maxSizeBytes + " bytes (expected 1MiB..1TiB)");
    }
  }
}
