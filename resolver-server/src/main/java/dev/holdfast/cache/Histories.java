package dev.holdfast.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
 * want of room. Those that have settled have a room of their own, so that a flood of new names
 * pushes out other new ones only. Thread-safe.
 */
public final class Histories {

  /**
   * Bytes of a history beside the content of its key and answers: object, map nodes and the share
   * of the table. The objects of the key and of the last answer are mostly those of the cache.
   */
  private static final int HISTORY_OVERHEAD_BYTES = 128;

  private static final int EARLIER_SET_OVERHEAD_BYTES = 56;

  /** Those that have not settled have this part of the room. */
  private static final int YOUNG_DIVISOR = 4;

  private final AnswerCache answers;
  private final Cache<CacheKey, History> settled;
  private final Cache<CacheKey, History> young;
  private final List<Cache<CacheKey, History>> rooms;
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
    long youngSizeBytes = maxSizeBytes / YOUNG_DIVISOR;
    young = room(youngSizeBytes);
    settled = room(maxSizeBytes - youngSizeBytes);
    rooms = List.of(settled, young);
  }

  private Cache<CacheKey, History> room(long sizeBytes) {
    return Caffeine.newBuilder()
        .maximumWeight(sizeBytes)
        .weigher(Histories::weigh)
        .evictionListener((key, history, cause) -> evictions.increment())
        .executor(Runnable::run)
        .build();
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
    (history.isSettled() ? settled : young).asMap().putIfAbsent(answers.keyLike(key), history);
  }

  /** Returns what is known of a question over time. */
  public @Nullable History find(CacheKey key) {
    History own = findOwn(key);
    return own == null ? answers.impliedHistory(key) : own;
  }

  private @Nullable History findOwn(CacheKey key) {
    History own = settled.getIfPresent(key);
    return own == null ? young.getIfPresent(key) : own;
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
    if (findOwn(key) == null) {
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
    History after = changeOwn(key, change);
    if (after == null) {
      CacheKey shared = answers.keyLike(key);
      after = young.asMap().compute(shared, (same, own) -> change.apply(own == null ? known : own));
    }
    listener.changed(key, after);
    return after;
  }

  /* Returns what the question's own history has become, or null if it has none. */
  private @Nullable History changeOwn(CacheKey key, UnaryOperator<History> change) {
    History after = settled.asMap().computeIfPresent(key, (same, own) -> change.apply(own));
    if (after == null) {
      after = young.asMap().computeIfPresent(key, (same, own) -> change.apply(own));
      if (after != null && after.isSettled()) {
        settled.put(answers.keyLike(key), after);
        young.invalidate(key);
      }
    }
    return after;
  }

  /** Records that an operator believes that a question has no answer any more. */
  public void release(CacheKey key) {
    History released = changeOwn(key, History::release);
    if (released != null) {
      listener.changed(key, released);
    }
  }

  /** Forgets a question, also what its answer in the cache has to say. */
  public void forget(CacheKey key) {
    answers.forgetHistory(key);
    rooms.forEach(room -> room.invalidate(key));
    listener.changed(key, null);
  }

  /** Returns the questions with a history of their own that passes. */
  public List<CacheKey> keys(BiPredicate<CacheKey, History> filter) {
    List<CacheKey> keys = new ArrayList<>();
    forEach(
        (key, history) -> {
          if (filter.test(key, history)) {
            keys.add(key);
          }
        });
    return keys;
  }

  /** Hands over every question that upstreams say is gone, with its history. */
  public void forEachVanished(BiConsumer<CacheKey, History> action) {
    forEach(
        (key, history) -> {
          if (history.vanished()) {
            action.accept(key, history);
          }
        });
  }

  private void forEach(BiConsumer<CacheKey, History> action) {
    rooms.forEach(room -> room.asMap().forEach(action));
  }

  /** Histories pushed out because there was no more room. */
  public long evictions() {
    return evictions.sum();
  }

  /** Number of questions with a history of their own. */
  public long size() {
    return settled.estimatedSize() + young.estimatedSize();
  }
}
