package dev.holdfast.policy;

import dev.holdfast.wire.TranslationPrefix;

/**
 * Whether names with IPv4 addresses only get IPv6 addresses behind a translator (RFC 6147).
 *
 * @param prefix the translator's, of a length that RFC 6052 knows
 */
public record Dns64Config(boolean enabled, Cidr prefix) {

  /** The well-known prefix (RFC 6052 §2.1). */
  public static final Dns64Config DEFAULTS = new Dns64Config(false, Cidr.parse("64:ff9b::/96"));

  public Dns64Config {
    if (!TranslationPrefix.isLength(prefix.prefixLength()) || prefix.high() == 0) {
      throw new IllegalArgumentException(
          "prefix: " + prefix + " (expected an IPv6 prefix of length 32, 40, 48, 56, 64 or 96)");
    }
    if (prefix.low() >>> (Long.SIZE - Byte.SIZE) != 0) {
      throw new IllegalArgumentException(
          "prefix: " + prefix + " (expected zeros in bits 64 to 71)");
    }
  }
}
