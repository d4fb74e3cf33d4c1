package dev.holdfast.policy;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.AddressScan;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.TranslationPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds answers that lead a public name into a private network. The name that was asked for
 * decides, not the owner of the address: who may point an alias at an excepted name may otherwise
 * use its address under a name of his own. Immutable.
 */
public final class RebindingFilter {

  /** The well-known prefix of translators and the one for local use (RFC 6052 §2.1, RFC 8215). */
  private static final List<Cidr> TRANSLATED =
      List.of(Cidr.parse("64:ff9b::/96"), Cidr.parse("64:ff9b:1::/48"));

  /** IPv4 addresses as the last part of IPv6 ones (RFC 4291 §2.5.5.1), but ::1 and ::. */
  private static final Cidr COMPATIBLE = Cidr.parse("::/96");

  private static final long MAPPED = 0xffff_0000_0000L;
  private static final long IPV4_MASK = 0xffff_ffffL;

  private final List<Cidr> privateBlocks;
  private final List<byte[]> except;
  private final @Nullable TranslationPrefix translation;

  /**
   * @param translation of this network's own translator, if there is one
   */
  public RebindingFilter(RebindingConfig config, @Nullable TranslationPrefix translation) {
    this.translation = translation;
    this.privateBlocks = config.privateBlocks();
    this.except = config.except().stream().map(Names::parse).toList();
  }

  /** Whether the answer to a question holds an address that its name may not point to. */
  public boolean refuses(CacheKey question, Answer answer) {
    return AddressScan.any(answer, this::isPrivate)
        && except.stream().noneMatch(question::isAtOrBelow);
  }

  private boolean isPrivate(long high, long low) {
    if (isListed(high, low)) {
      return true;
    }
    boolean embeds =
        COMPATIBLE.contains(high, low)
            || TRANSLATED.stream().anyMatch(prefix -> prefix.contains(high, low));
    if (embeds) {
      return isListed(0, MAPPED | (low & IPV4_MASK));
    }
    long ipv4 = translation == null ? TranslationPrefix.NONE : translation.ipv4(high, low);
    return ipv4 != TranslationPrefix.NONE && isListed(0, MAPPED | ipv4);
  }

  private boolean isListed(long high, long low) {
    for (Cidr block : privateBlocks) {
      if (block.contains(high, low)) {
        return true;
      }
    }
    return false;
  }
}
