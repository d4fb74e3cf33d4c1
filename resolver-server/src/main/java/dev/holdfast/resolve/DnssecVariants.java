package dev.holdfast.resolve;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ReplyKind;
import org.jspecify.annotations.Nullable;

/**
 * What the answer to a question with DO set is worth to the same question without it, and the
 * reverse. Confined to one event loop.
 */
final class DnssecVariants {

  private final AnswerCache cache;
  private final SignatureFilter filter = new SignatureFilter();
  private final CacheKey other = CacheKey.probe();

  DnssecVariants(AnswerCache cache) {
    this.cache = cache;
  }

  /**
   * Returns an answer to a question without DO made of the one with DO, signatures and proofs
   * stripped (RFC 4035 §3.2.1); null when there is none, or the question wants DO itself.
   *
   * @param own what is known of the question itself; only what was learnt later comes before it
   *     once both are stale
   */
  @Nullable CacheEntry withoutSignatures(CacheKey key, @Nullable CacheEntry own, long nowNanos) {
    if (key.dnssecOk()) {
      return null;
    }
    other.setOtherDnssecVariant(key);
    CacheEntry signed = cache.lookup(other);
    if (signed == null || signed.isHeld() || !isOfUse(signed, own, nowNanos)) {
      return null;
    }
    Answer unsigned = filter.unsigned(key, signed.answer(), signed.kind());
    return unsigned == null ? null : signed.withAnswer(unsigned);
  }

  private static boolean isOfUse(CacheEntry signed, @Nullable CacheEntry own, long nowNanos) {
    return signed.isFresh(nowNanos)
        || (signed.isServableStale(nowNanos) && signed.isNewerThan(own));
  }

  /**
   * Returns what may be served when upstreams give no answer: the question's own stale answer, or
   * the one without signatures for a question that wants them, which most clients can use.
   */
  @Nullable CacheEntry stale(CacheKey key, @Nullable CacheEntry own, long nowNanos) {
    if (own != null && own.isServableStale(nowNanos)) {
      return own;
    }
    if (!key.dnssecOk()) {
      return null;
    }
    other.setOtherDnssecVariant(key);
    CacheEntry unsigned = cache.lookup(other);
    boolean usable =
        unsigned != null
            && unsigned.kind() == ReplyKind.POSITIVE
            && (unsigned.isFresh(nowNanos) || unsigned.isStale(nowNanos));
    return usable ? unsigned : null;
  }
}
