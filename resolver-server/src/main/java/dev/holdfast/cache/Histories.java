package dev.holdfast.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import dev.holdfast.wire.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The histories of questions, bounded by bytes; the least used are forgotten first. A question that
 * was answered once has none of its own: all there is to know stands with its answer in the cache.
 * Its history is born when it is answered again, or when that answer goes for another reason than
 * want of room. Thread-safe.
 */
public final class Histories {

  /**
   * Bytes of a history beside the content of its key and answers: object, map nodes and the share
   * of the table. The objects of the key and of the last answer are mostly those of the cache.
   */
  private static final int HISTORY_OVERHEAD_BYTES = 128;

  private static final int EARLIER_SET_OVERHEAD_BYTES = 56;

  private final AnswerCache answers;
  private final Cache<CacheKey, History> histories;
  private final Policy<CacheKey, History> quietly;
  private final LongAdder evictions = new LongAdder();
  private volatile Listener listener = (key, history) -> {};

  /** Hears of every change, on the thread that makes it; never waits. */
  public interface Listener {

    /** The history of a question is another one now, or null when it was forgotten. */
    void changed(CacheKey key, @Nullable History history);
  }

  /**
   * @param answers where questions that were answered once have their history
   */
  public Histories(long maxSizeBytes, AnswerCache answers) {
    this.answers = answers;
    histories =
        Caffeine.newBuilder()
            .maximumWeight(maxSizeBytes)
            .weigher(Histories::weigh)
            .evictionListener((key, history, cause) -> evictions.increment())
            .executor(Runnable::run)
            .build();
    quietly = histories.policy();
  }

  private static int weigh(CacheKey key, History history) {
    return HISTORY_OVERHEAD_BYTES
        + key.sizeBytes()
        + history.answersSizeBytes(EARLIER_SET_OVERHEAD_BYTES);
  }

  /** Tells {@code newListener} of the changes from now on. */
  public void listen(Listener newListener) {
    listener = newListener;
  }

  /** Takes a history from an earlier run, unless one is known already. */
  public void recall(CacheKey key, History history) {
    histories.asMap().putIfAbsent(answers.keyLike(key), history);
  }

  /** Returns what is known of a question over time. */
  public @Nullable History find(CacheKey key) {
    History own = histories.getIfPresent(key);
    return own == null ? answers.impliedHistory(key) : own;
  }

  /**
   * Records a positive answer and returns the history before it.
   *
   * @param cached whether the answer is about to be put into the cache, in place of what is there
   */
  public @Nullable History answered(CacheKey key, Answer answer, boolean cached, long nowNanos) {
    History before = find(key);
    if (before != null) {
      put(key, before, known -> known.answered(answer, nowNanos));
    } else if (!cached) {
      put(key, History.first(answer, nowNanos), UnaryOperator.identity());
    }
    return before;
  }

  /** Gives a question a history of its own, before its answer in the cache makes room. */
  public void keep(CacheKey key) {
    if (histories.getIfPresent(key) == null) {
      History implied = answers.impliedHistory(key);
      if (implied != null) {
        put(key, implied, UnaryOperator.identity());
      }
    }
  }

  /**
   * Records that upstreams agree that a known question has no answer any more, and returns its
   * history since.
   *
   * @param known taken as the question's own history if it has none
   * @param atNanos since when, unless that is known already
   */
  public History vanished(CacheKey key, History known, long atNanos) {
    History own = find(key);
    return put(key, own == null ? known : own, history -> history.vanished(atNanos));
  }

  /* Changes the question's own history, or the known one if it has none, which it then has. */
  private History put(CacheKey key, History known, UnaryOperator<History> change) {
    CacheKey shared = quietly.getIfPresentQuietly(key) == null ? answers.keyLike(key) : key;
    History after =
        histories.asMap().compute(shared, (same, own) -> change.apply(own == null ? known : own));
    listener.changed(key, after);
    return after;
  }

  /** Records that an operator believes that a question has no answer any more. */
  public void release(CacheKey key) {
    History released =
        histories.asMap().computeIfPresent(key, (same, history) -> history.release());
    if (released != null) {
      listener.changed(key, released);
    }
  }

  /** Forgets a question, also what its answer in the cache has to say. */
  public void forget(CacheKey key) {
    answers.forgetHistory(key);
    histories.invalidate(key);
    listener.changed(key, null);
  }

  /** Returns the questions with a history of their own that passes. */
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

  /** Number of questions with a history of their own. */
  public long size() {
    return histories.estimatedSize();
  }
}
