package dev.holdfast.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ScriptedUpstream} was asked: totals, a count per name, and the last queries in
 * full. Written by one thread, read by any.
 */
final class QueryLog {

  static final int MAX_NAMES = 65_536;

  private static final int UDP = 0;
  private static final int TCP = 1;

  private final AtomicLongArray totals = new AtomicLongArray(2);
  private final Map<String, AtomicLong> names = new ConcurrentHashMap<>();
  private final AtomicLong otherNames = new AtomicLong();
  private final AtomicReferenceArray<@Nullable ReceivedQuery> last;
  private final AtomicLong written = new AtomicLong();

  QueryLog(int keptQueries) {
    last = new AtomicReferenceArray<>(keptQueries);
  }

  void add(ReceivedQuery query) {
    totals.lazySet(query.tcp() ? TCP : UDP, totals.get(query.tcp() ? TCP : UDP) + 1);
    long index = written.get();
    last.setRelease((int) (index % last.length()), query);
    written.setRelease(index + 1);
  }

  /** The count of a name in lower case with a final dot; names over the bound share one. */
  AtomicLong counterOf(String name) {
    AtomicLong known = names.get(name);
    if (known != null) {
      return known;
    }
    return names.size() >= MAX_NAMES
        ? otherNames
        : names.computeIfAbsent(name, absent -> new AtomicLong());
  }

  long udp() {
    return totals.get(UDP);
  }

  long tcp() {
    return totals.get(TCP);
  }

  long of(String name) {
    AtomicLong count = names.get(name);
    return count == null ? 0 : count.get();
  }

  /** The kept queries, oldest first. */
  List<ReceivedQuery> last() {
    List<ReceivedQuery> queries = new ArrayList<>();
    long end = written.getAcquire();
    for (long index = Math.max(0, end - last.length()); index < end; index++) {
      ReceivedQuery query = last.getAcquire((int) (index % last.length()));
      if (query != null) {
        queries.add(query);
      }
    }
    return queries;
  }

  /** Forgets everything; called by the writing thread. */
  void clear() {
    totals.set(UDP, 0);
    totals.set(TCP, 0);
    otherNames.set(0);
    names.values().forEach(count -> count.set(0));
    for (int i = 0; i < last.length(); i++) {
      last.set(i, null);
    }
    written.set(0);
  }
}
