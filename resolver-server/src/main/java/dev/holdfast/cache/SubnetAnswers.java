package dev.holdfast.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.holdfast.wire.ClientSubnet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers that upstreams give to the clients of some networks and not to others (RFC 7871 §7.3),
 * bounded by bytes and by networks per question. Thread-safe.
 */
public final class SubnetAnswers {

  /** Networks with an answer of their own to one question; the oldest makes room. */
  public static final int MAX_NETWORKS = 64;

  /** Bytes of an entry beside its answer's content. */
  private static final int ENTRY_OVERHEAD_BYTES = 120;

  private static final int QUESTION_OVERHEAD_BYTES = 160;

  private final Cache<CacheKey, List<SubnetEntry>> answers;
  private final LongAdder pushedOut = new LongAdder();

  public SubnetAnswers(long maxSizeBytes) {
    answers =
        Caffeine.newBuilder()
            .maximumWeight(maxSizeBytes)
            .weigher(SubnetAnswers::weigh)
            .evictionListener((key, entries, cause) -> pushedOut.increment())
            .executor(Runnable::run)
            .build();
  }

  private static int weigh(CacheKey key, List<SubnetEntry> entries) {
    int weight = QUESTION_OVERHEAD_BYTES + key.sizeBytes();
    for (SubnetEntry entry : entries) {
      weight += ENTRY_OVERHEAD_BYTES + entry.answer().sizeBytes();
    }
    return weight;
  }

  /**
   * Returns the answer for the smallest network that a client is in, one within its TTL if there is
   * any; {@code question} is one without a network.
   */
  public @Nullable SubnetEntry lookup(CacheKey question, ClientSubnet client, long nowNanos) {
    SubnetEntry best = null;
    for (SubnetEntry entry : find(question)) {
      if (entry.network().contains(client) && precedes(entry, best, nowNanos)) {
        best = entry;
      }
    }
    return best;
  }

  private List<SubnetEntry> find(CacheKey question) {
    List<SubnetEntry> entries = answers.getIfPresent(question);
    return entries == null ? List.of() : entries;
  }

  private static boolean precedes(SubnetEntry entry, @Nullable SubnetEntry best, long nowNanos) {
    if (best == null) {
      return true;
    }
    boolean fresh = entry.isFresh(nowNanos);
    return fresh == best.isFresh(nowNanos)
        ? entry.network().prefixLength() > best.network().prefixLength()
        : fresh;
  }

  /** Keeps an answer in place of those for its network or parts of it. */
  public void put(CacheKey question, SubnetEntry entry) {
    answers
        .asMap()
        .merge(question, List.of(entry), (known, added) -> with(known, added.getFirst()));
  }

  private List<SubnetEntry> with(List<SubnetEntry> known, SubnetEntry entry) {
    List<SubnetEntry> entries = new ArrayList<>(known.size() + 1);
    for (SubnetEntry each : known) {
      if (!entry.network().contains(each.network())) {
        entries.add(each);
      }
    }
    if (entries.size() == MAX_NETWORKS) {
      entries.removeFirst();
      pushedOut.increment();
    }
    entries.add(entry);
    return List.copyOf(entries);
  }

  /** Forgets the answer for a network, as it is too large or too short-lived to be kept. */
  public void remove(CacheKey question, ClientSubnet network) {
    answers
        .asMap()
        .computeIfPresent(
            question,
            (key, known) -> {
              List<SubnetEntry> rest =
                  known.stream().filter(each -> !network.contains(each.network())).toList();
              return rest.isEmpty() ? null : rest;
            });
  }

  /** Forgets the answers to these questions and returns their number. */
  public int removeIf(Predicate<CacheKey> questions) {
    List<CacheKey> removed = answers.asMap().keySet().stream().filter(questions).toList();
    removed.forEach(answers::invalidate);
    return removed.size();
  }

  /** Changes the bound; what is over it is pushed out at once. */
  public void setMaxSizeBytes(long maxSizeBytes) {
    answers.policy().eviction().orElseThrow().setMaximum(maxSizeBytes);
  }

  /** Returns how many answers made room for others since the last call. */
  public long takePushedOut() {
    return pushedOut.sumThenReset();
  }
}
