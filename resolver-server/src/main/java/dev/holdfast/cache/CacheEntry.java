package dev.holdfast.cache;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ReplyKind;
import org.jspecify.annotations.Nullable;

/**
 * An answer and its times on the process's monotonic clock. Thread-safe; immutable but for the
 * marks of use, prefetch and history. There are as many as names are kept: one object of 56 bytes
 * with a compact header is all there is beside the content.
 */
public sealed class CacheEntry extends Answer permits SubnetEntry {

  private static final int MILLIS_PER_SECOND = 1000;
  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** Uses within 2^30 ns, about a second, count as one. */
  private static final int USE_SHIFT = 30;

  /** A name is refreshed early when asked for in this last part of its TTL. */
  private static final int PREFETCH_DIVISOR = 10;

  private static final ReplyKind[] KINDS = ReplyKind.values();

  /** In place of a kind: positive, and held. */
  private static final byte HELD = -1;

  private final long storedAtNanos;
  private final int lifeMillis;
  private final int staleMillis;
  private final byte kind;
  private volatile boolean prefetched;
  private volatile boolean withoutHistory;

  /** When the answer was last used, as far as anybody was told; loops may overwrite each other. */
  private byte usedAt;

  /**
   * @param staleNanos how long after its TTL the answer may still be served; 0 for never
   */
  public CacheEntry(Answer answer, ReplyKind kind, int ttlSeconds, long staleNanos, long nowNanos) {
    this(
        answer,
        (byte) kind.ordinal(),
        nowNanos,
        saturated((long) ttlSeconds * MILLIS_PER_SECOND),
        saturated(staleNanos / NANOS_PER_MILLI));
  }

  /**
   * Returns an entry for the last good answer of a name that upstreams say has vanished.
   *
   * @param askAgainNanos after this time upstreams are asked again, unless the hold ends first
   * @param holdNanos how long it may still be served when they do not answer then
   */
  public static CacheEntry held(Answer answer, long askAgainNanos, long holdNanos, long nowNanos) {
    long lifeMillis = Math.min(askAgainNanos, holdNanos) / NANOS_PER_MILLI;
    long staleMillis = holdNanos / NANOS_PER_MILLI - lifeMillis;
    return new CacheEntry(answer, HELD, nowNanos, saturated(lifeMillis), saturated(staleMillis));
  }

  private CacheEntry(
      Answer answer, byte kind, long storedAtNanos, int lifeMillis, int staleMillis) {
    super(answer);
    this.kind = kind;
    this.storedAtNanos = storedAtNanos;
    this.lifeMillis = lifeMillis;
    this.staleMillis = staleMillis;
  }

  private static int saturated(long millis) {
    return Math.clamp(millis, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** Returns the answer, which this is. */
  public Answer answer() {
    return this;
  }

  public ReplyKind kind() {
    return kind == HELD ? ReplyKind.POSITIVE : KINDS[kind];
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
    return lifeMillis * NANOS_PER_MILLI;
  }

  /** The TTL that the answer was learnt with. */
  public int ttlSeconds() {
    return lifeMillis / MILLIS_PER_SECOND;
  }

  /** How long after its TTL the answer may still be served; 0 for never. */
  public long staleNanos() {
    return staleMillis * NANOS_PER_MILLI;
  }

  /** Whether the TTL still runs. */
  public boolean isFresh(long nowNanos) {
    return nowNanos - storedAtNanos < lifeNanos();
  }

  /** Whether the TTL has run out and the time to serve it stale has not. */
  public boolean isStale(long nowNanos) {
    long overNanos = nowNanos - storedAtNanos - lifeNanos();
    return overNanos >= 0 && overNanos < staleNanos();
  }

  /**
   * Whether this may be served although its TTL has run out: a positive answer within its stale
   * time (RFC 8767 §4). Negative ones are asked for anew.
   */
  public boolean isServableStale(long nowNanos) {
    return isPositive() && isStale(nowNanos);
  }

  /** Whether upstreams say that the name is gone and the last good records are served instead. */
  public boolean isHeld() {
    return kind == HELD;
  }

  /**
   * Whole seconds to take off the TTLs: those since the answer was learnt. A held answer may
   * outlive its TTL, and its clients are still told at least a second.
   */
  public int ageSeconds(long nowNanos) {
    int ageSeconds = (int) ((nowNanos - storedAtNanos) / NANOS_PER_SECOND);
    return isHeld() ? Math.clamp(minTtlSeconds() - 1L, 0, ageSeconds) : ageSeconds;
  }

  /** Whether this is the first use of the answer within about a second; asking marks it as used. */
  boolean isUseNews(long nowNanos) {
    byte now = (byte) (nowNanos >>> USE_SHIFT);
    if (now == usedAt) {
      return false;
    }
    usedAt = now;
    return true;
  }

  /** Whether the last tenth of the TTL runs and nobody has taken the refresh yet. */
  public boolean isPrefetchDue(long nowNanos) {
    long leftNanos = storedAtNanos + lifeNanos() - nowNanos;
    return leftNanos < lifeNanos() / PREFETCH_DIVISOR && !prefetched;
  }

  /** Marks the refresh as taken, so that later queries do not ask for it again. */
  public void markPrefetched() {
    prefetched = true;
  }

  /** Whether a refresh before the end of the TTL was asked for. */
  public boolean isPrefetched() {
    return prefetched;
  }

  /**
   * Returns the history of a question whose first positive answer this is, if it has none of its
   * own; null when upstreams did not give this answer, or its question was to be forgotten.
   */
  @Nullable History impliedHistory() {
    return kind == ReplyKind.POSITIVE.ordinal() && !withoutHistory
        ? History.first(this, storedAtNanos)
        : null;
  }

  /** From now on there is no history of the question before the next answer. */
  void forgetHistory() {
    withoutHistory = true;
  }

  /** Returns this entry's times with another answer to the same question. */
  public CacheEntry withAnswer(Answer other) {
    return new CacheEntry(other, kind, storedAtNanos, lifeMillis, staleMillis);
  }

  private boolean isPositive() {
    return kind == HELD || kind == ReplyKind.POSITIVE.ordinal();
  }
}
