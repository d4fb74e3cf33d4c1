package dev.holdfast.operate;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.ReplyKind;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the cache. Immutable.
 *
 * @param matching how many answers there are on all pages
 * @param next the last key of this page, from which the next one goes on; null on the last page
 */
public record CachePage(
    String suffix, long matching, List<CachedAnswer> answers, @Nullable CacheKey next) {

  /** What an answer in the cache is good for. */
  public enum State {
    /** Its TTL runs. */
    FRESH,
    /** Its TTL is over, and it is served when upstreams fail. */
    STALE,
    /** It stands in for an absence, or is pinned. */
    HELD,
    /** It is served no more. */
    EXPIRED
  }

  /**
   * An answer in the cache.
   *
   * @param dnssecOk given to clients that ask for signatures
   * @param checkingDisabled given to clients that validate themselves
   * @param staleUntil until when it may be given if upstreams fail, or null for never
   * @param recordCount how many records it has
   * @param records the first of them
   */
  public record CachedAnswer(
      String name,
      String type,
      boolean dnssecOk,
      boolean checkingDisabled,
      State state,
      ReplyKind kind,
      Instant learnt,
      Instant expires,
      @Nullable Instant staleUntil,
      int recordCount,
      List<String> records) {}
}
