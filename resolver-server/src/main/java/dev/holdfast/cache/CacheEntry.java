package dev.holdfast.cache;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ReplyKind;
import org.jspecify.annotations.Nullable;

/**
 * An answer and its times on the process's monotonic clock. Thread-safe; immutable but for the
 * marks of use and prefetch.
 */
public final class CacheEntry {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** Uses within 2^30 ns, about a second, count as one. */
  private static final int USE_SHIFT = 30;

  /** A name is refreshed early when asked for in this last part of its TTL. */
  private static final int PREFETCH_DIVISOR = 10;

  private final Answer answer;
  private final ReplyKind kind;
  private final long storedAtNanos;
  private final long expiresAtNanos;
  private final long staleUntilNanos;
  private final boolean held;
  private volatile boolean prefetched;

  /** When the answer was last used, as far as anybody was told; loops may overwrite each other. */
  private int usedAt;

  /**
   * @param staleNanos how long after its TTL the answer may still be served; 0 for never
   */
  public CacheEntry(Answer answer, ReplyKind kind, int ttlSeconds, long staleNanos, long nowNanos) {
    this.answer = answer;
    this.kind = kind;
    this.storedAtNanos = nowNanos;
    this.expiresAtNanos = nowNanos + ttlSeconds * NANOS_PER_SECOND;
    this.staleUntilNanos = expiresAtNanos + staleNanos;
    this.held = false;
  }

  /**
   * Returns an entry for the last good answer of a name that upstreams say has vanished.
   *
   * @param askAgainNanos after this time upstreams are asked again
   * @param holdNanos how long it may still be served when they do not answer then
   */
  public static CacheEntry held(Answer answer, long askAgainNanos, long holdNanos, long nowNanos) {
    long expiresAtNanos = nowNanos + askAgainNanos;
    return new CacheEntry(
        answer, ReplyKind.POSITIVE, nowNanos, expiresAtNanos, nowNanos + holdNanos, true);
  }

  public Answer answer() {
    return answer;
  }

  public ReplyKind kind() {
    return kind;
  }

  /** When the answer was learnt. */
  public long storedAtNanos() {
    return storedAtNanos;
  }

  /** Whether this was learnt after {@code other}, or there is no other. */
  public boolean isNewerThan(@Nullable CacheEntry other) {
    return other == null || storedAtNanos - other.storedAtNanos > 0;
  }

  /** How long the answer counts as fresh after it was learnt. */
  public long lifeNanos() {
    return expiresAtNanos - storedAtNanos;
  }

  /** The TTL that the answer was learnt with. */
  public int ttlSeconds() {
    return (int) ((expiresAtNanos - storedAtNanos) / NANOS_PER_SECOND);
  }

  /** How long after its TTL the answer may still be served; 0 for never. */
  public long staleNanos() {
    return staleUntilNanos - expiresAtNanos;
  }

  /** Whether the TTL still runs. */
  public boolean isFresh(long nowNanos) {
    return nowNanos - expiresAtNanos < 0;
  }

  /** Whether the TTL has run out and the time to serve it stale has not. */
  public boolean isStale(long nowNanos) {
    return nowNanos - expiresAtNanos >= 0 && nowNanos - staleUntilNanos < 0;
  }

  /**
   * Whether this may be served although its TTL has run out: a positive answer within its stale
   * time (RFC 8767 §4). Negative ones are asked for anew.
   */
  public boolean isServableStale(long nowNanos) {
    return kind == ReplyKind.POSITIVE && isStale(nowNanos);
  }

  /** Whether upstreams say that the name is gone and the last good records are served instead. */
  public boolean isHeld() {
    return held;
  }

  /**
   * Whole seconds to take off the TTLs: those since the answer was learnt. A held answer may
   * outlive its TTL, and its clients are still told at least a second.
   */
  public int ageSeconds(long nowNanos) {
    int ageSeconds = (int) ((nowNanos - storedAtNanos) / NANOS_PER_SECOND);
    return held ? Math.clamp(answer.minTtlSeconds() - 1L, 0, ageSeconds) : ageSeconds;
  }

  /** Whether this is the first use of the answer within about a second; asking marks it as used. */
  boolean isUseNews(long nowNanos) {
    int now = (int) (nowNanos >>> USE_SHIFT);
    if (now == usedAt) {
      return false;
    }
    usedAt = now;
    return true;
  }

  /** Whether the last tenth of the TTL runs and nobody has taken the refresh yet. */
  public boolean isPrefetchDue(long nowNanos) {
    long ttlNanos = expiresAtNanos - storedAtNanos;
    return expiresAtNanos - nowNanos < ttlNanos / PREFETCH_DIVISOR && !prefetched;
  }

  /** Marks the refresh as taken, so that later queries do not ask for it again. */
  public void markPrefetched() {
    prefetched = true;
  }

  /** Whether a refresh before the end of the TTL was asked for. */
  public boolean isPrefetched() {
    return prefetched;
  }

  /** Returns this entry's times with another answer to the same question. */
  public CacheEntry withAnswer(Answer other) {
    return new CacheEntry(other, kind, storedAtNanos, expiresAtNanos, staleUntilNanos, held);
  }

  private CacheEntry(
      Answer answer,
      ReplyKind kind,
      long storedAtNanos,
      long expiresAtNanos,
      long staleUntilNanos,
      boolean held) {
    this.answer = answer;
    this.kind = kind;
    this.storedAtNanos = storedAtNanos;
    this.expiresAtNanos = expiresAtNanos;
    this.staleUntilNanos = staleUntilNanos;
    this.held = held;
  }
}
