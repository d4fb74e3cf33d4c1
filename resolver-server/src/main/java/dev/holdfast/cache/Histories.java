package dev.holdfast.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.holdfast.wire.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The histories of questions, bounded by bytes; the least used are forgotten first. Thread-safe.
 */
public final class Histories {

  /** Bytes of a history beside the content of its key and answers: objects, headers, map node. */
  private static final int HISTORY_OVERHEAD_BYTES = 240;

  private static final int RECORD_SET_OVERHEAD_BYTES = 80;

  private final Cache<CacheKey, History> histories;
  private final LongAdder evictions = new LongAdder();
  private volatile Listener listener = (key, history) -> {};

  /** Hears of every change, on the thread that makes it; never waits. */
  public interface Listener {

    /** The history of a question is another one now, or null when it was forgotten. */
    void changed(CacheKey key, @Nullable History history);
  }

  public Histories(long maxSizeBytes) {
    histories =
        Caffeine.newBuilder()
            .maximumWeight(maxSizeBytes)
            .weigher(Histories::weigh)
            .evictionListener((key, history, cause) -> evictions.increment())
            .executor(Runnable::run)
            .build();
  }

  private static int weigh(CacheKey key, History history) {
    int sizeBytes = HISTORY_OVERHEAD_BYTES + key.sizeBytes();
    for (Answer records : history.recordSets()) {
      sizeBytes += RECORD_SET_OVERHEAD_BYTES + records.sizeBytes();
    }
    return sizeBytes;
  }

  /** Tells {@code newListener} of the changes from now on. */
  public void listen(Listener newListener) {
    listener = newListener;
  }

  /** Takes a history from an earlier run, unless one is known already. */
  public void recall(CacheKey key, History history) {
    histories.asMap().putIfAbsent(key, history);
  }

  /** Returns what is known of a question over time. */
  public @Nullable History find(CacheKey key) {
    return histories.getIfPresent(key);
  }

  /** Records a positive answer and returns the history before it. */
  public @Nullable History answered(CacheKey key, Answer answer, long nowNanos) {
    History before = histories.getIfPresent(key);
    History after =
        histories
            .asMap()
            .merge(
                key,
                History.first(answer, nowNanos),
                (known, first) -> known.answered(answer, nowNanos));
    listener.changed(key, after);
    return before;
  }

  /**
   * Records that upstreams agree that a known question has no answer any more, and returns its
   * history since.
   *
   * @param known taken as the question's own history if it has none
   * @param atNanos since when, unless that is known already
   */
  public History vanished(CacheKey key, History known, long atNanos) {
    History gone =
        histories
            .asMap()
            .compute(key, (same, own) -> (own == null ? known : own).vanished(atNanos));
    listener.changed(key, gone);
    return gone;
  }

  /** Records that an operator believes that a question has no answer any more. */
  public void release(CacheKey key) {
    History released =
        histories.asMap().computeIfPresent(key, (same, history) -> history.release());
    if (released != null) {
      listener.changed(key, released);
    }
  }

  /** Forgets a question. */
  public void forget(CacheKey key) {
    histories.invalidate(key);
    listener.changed(key, null);
  }

  /** Returns the questions whose histories pass. */
  public List<CacheKey> keys(BiPredicate<CacheKey, History> filter) {
    List<CacheKey> keys = new ArrayList<>();
    histories
        .asMap()
        .forEach(
            (key, history) -> {
              if (filter.test(key, history)) {
                keys.add(key);
              }
            });
    return keys;
  }

  /** Hands over every question that upstreams say is gone, with its history. */
  public void forEachVanished(BiConsumer<CacheKey, History> action) {
    histories
        .asMap()
        .forEach(
            (key, history) -> {
              if (history.vanished()) {
                action.accept(key, history);
              }
            });
  }

  /** Histories pushed out because there was no more room. */
  public long evictions() {
    return evictions.sum();
  }

  /** Number of questions known. */
  public long size() {
    return histories.estimatedSize();
  }
}
