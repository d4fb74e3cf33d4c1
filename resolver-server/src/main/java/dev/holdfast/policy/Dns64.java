package dev.holdfast.policy;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.TranslationPrefix;
import org.jspecify.annotations.Nullable;

/** Which questions are answered for the clients of a translator, and with what. Immutable. */
public final class Dns64 {

  private static final byte[] IP6_ARPA = Names.parse("ip6.arpa");
  private static final int NIBBLES = 32;

  /** A nibble's label has a length byte and a digit. */
  private static final int NIBBLE_LABEL_LENGTH = 2;

  private final TranslationPrefix prefix;
  private final byte[] notice;

  /** By a configuration that is enabled. */
  public Dns64(Dns64Config config) {
    Cidr block = config.prefix();
    this.prefix = new TranslationPrefix(block.high(), block.low(), block.prefixLength());
    this.notice = ExtendedError.option(ExtendedError.SYNTHESIZED, "DNS64 " + block);
  }

  public TranslationPrefix prefix() {
    return prefix;
  }

  /** The extended error that all answers made here carry. */
  public byte[] notice() {
    return notice;
  }

  /**
   * Whether the question gets addresses made of IPv4 ones where there are no others. Who validates
   * by himself, and says so with DO and CD, does not (RFC 6147 §5.5).
   */
  public boolean translates(CacheKey question) {
    return question.qtype() == RecordType.AAAA
        && !(question.dnssecOk() && question.checkingDisabled());
  }

  /**
   * Returns the name under in-addr.arpa that a question for the name of a translated address is an
   * alias of, or null when it is none (RFC 6147 §5.3.1).
   */
  public byte @Nullable [] ipv4Name(CacheKey question) {
    if (question.qtype() != RecordType.PTR || !question.isAtOrBelow(IP6_ARPA)) {
      return null;
    }
    byte[] qname = question.qname();
    byte[] address = new byte[NIBBLES / 2];
    if (qname.length != NIBBLES * NIBBLE_LABEL_LENGTH + IP6_ARPA.length) {
      return null;
    }
    for (int i = 0; i < NIBBLES; i++) {
      int digit = Character.digit(qname[NIBBLE_LABEL_LENGTH * i + 1], 16);
      if (qname[NIBBLE_LABEL_LENGTH * i] != 1 || digit < 0) {
        return null;
      }
      address[address.length - 1 - i / 2] |= (byte) (i % 2 == 0 ? digit : digit << 4);
    }
    long ipv4 = prefix.ipv4(address);
    return ipv4 == TranslationPrefix.NONE ? null : reverseName(ipv4);
  }

  private static byte[] reverseName(long ipv4) {
    StringBuilder name = new StringBuilder();
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      name.append(ipv4 >>> shift & 0xff).append('.');
    }
    return Names.parse(name.append("in-addr.arpa").toString());
  }
}
