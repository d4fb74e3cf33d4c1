package dev.holdfast.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The answers learnt from upstreams, bounded by bytes; what is asked for often stays longest.
 * Thread-safe.
 */
public final class AnswerCache {

  /** Bytes of an entry beside its key's and answer's content: objects, headers, map nodes. */
  private static final int ENTRY_OVERHEAD_BYTES = 200;

  /** Of an ordinary entry, with all that belongs to it. */
  private static final int ORDINARY_ENTRY_BYTES = 300;

  /** The largest table to begin with has room for so many entries. */
  private static final long MAX_FIRST_ENTRIES = 1 << 20;

  private final Cache<CacheKey, CacheEntry> entries;
  private final Policy<CacheKey, CacheEntry> quietly;
  private final LongAdder evictions = new LongAdder();

  /*
   * The table has its room from the beginning: the thread that makes it grow would stand still for
   * as long as that takes, with all that waits for its loop.
   */
  public AnswerCache(long maxSizeBytes) {
    entries =
        Caffeine.newBuilder()
            .initialCapacity((int) Math.min(maxSizeBytes / ORDINARY_ENTRY_BYTES, MAX_FIRST_ENTRIES))
            .maximumWeight(maxSizeBytes)
            .weigher(AnswerCache::weigh)
            .evictionListener((key, entry, cause) -> evictions.increment())
            .executor(Runnable::run)
            .build();
    quietly = entries.policy();
  }

  private static int weigh(CacheKey key, CacheEntry entry) {
    return ENTRY_OVERHEAD_BYTES + key.sizeBytes() + entry.answer().sizeBytes();
  }

  /**
   * Returns what is kept under the key, whatever its age. What decides about eviction hears of an
   * entry once a second at most: telling it costs more than the lookup, and what is asked for every
   * second stays anyway.
   */
  public @Nullable CacheEntry lookup(CacheKey key, long nowNanos) {
    CacheEntry entry = quietly.getIfPresentQuietly(key);
    if (entry != null && entry.isUseNews(nowNanos)) {
      return entries.getIfPresent(key);
    }
    return entry;
  }

  /** Returns what is kept under the key, whatever its age. */
  public @Nullable CacheEntry lookup(CacheKey key) {
    return entries.getIfPresent(key);
  }

  /** Returns what an answer that was the first to its question says of its history, or null. */
  @Nullable History impliedHistory(CacheKey key) {
    CacheEntry entry = quietly.getIfPresentQuietly(key);
    return entry == null ? null : entry.impliedHistory();
  }

  /** Lets the answer to a question say nothing of its history any more. */
  void forgetHistory(CacheKey key) {
    CacheEntry entry = quietly.getIfPresentQuietly(key);
    if (entry != null) {
      entry.forgetHistory();
    }
  }

  /** Returns the key that is kept already, so that there is one in memory, or the one given. */
  CacheKey keyLike(CacheKey key) {
    Policy.CacheEntry<CacheKey, CacheEntry> kept = quietly.getEntryIfPresentQuietly(key);
    return kept == null ? key : kept.getKey();
  }

  /** Keeps an answer; {@code key} must be a snapshot. */
  public void put(CacheKey key, CacheEntry entry) {
    entries.put(key, entry);
  }

  /** Keeps an answer unless there is one already; {@code key} must be a snapshot. */
  public boolean putIfAbsent(CacheKey key, CacheEntry entry) {
    return entries.asMap().putIfAbsent(key, entry) == null;
  }

  /** Keeps an answer unless there is a newer one already; {@code key} must be a snapshot. */
  public void putIfNewer(CacheKey key, CacheEntry entry) {
    entries.asMap().merge(key, entry, (known, other) -> other.isNewerThan(known) ? other : known);
  }

  /** Forgets an answer that upstreams no longer stand by. */
  public void remove(CacheKey key) {
    entries.invalidate(key);
  }

  /** Returns the keys of the answers that pass, at whatever moment each of them is looked at. */
  public List<CacheKey> keys(BiPredicate<CacheKey, CacheEntry> filter) {
    List<CacheKey> keys = new ArrayList<>();
    entries
        .asMap()
        .forEach(
            (key, entry) -> {
              if (filter.test(key, entry)) {
                keys.add(key);
              }
            });
    return keys;
  }

  /** Changes the bound; what is over it is pushed out at once. */
  public void setMaxSizeBytes(long maxSizeBytes) {
    entries.policy().eviction().orElseThrow().setMaximum(maxSizeBytes);
  }

  /** Hands over every answer, at whatever moment each of them is looked at. */
  public void forEach(BiConsumer<CacheKey, CacheEntry> action) {
    entries.asMap().forEach(action);
  }

  /** Number of answers kept. */
  public long size() {
    return entries.estimatedSize();
  }

  /** Answers pushed out because the cache was full. */
  public long evictions() {
    return evictions.sum();
  }

  /** Bytes taken, as far as the bound counts them. */
  public long sizeBytes() {
    return entries.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }
}
