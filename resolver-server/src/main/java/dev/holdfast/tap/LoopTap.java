package dev.holdfast.tap;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.resolve.AnsweredQuery;
import dev.holdfast.resolve.QueryTap;

/**
 * Copies the answered queries of one event loop into a ring, one in so many; what does not fit is
 * dropped and counted. Confined to that loop.
 */
final class LoopTap implements QueryTap {

  private final RecordRing ring;
  private final int oneIn;
  private final LoopCounters counters;
  private int untilNext;

  LoopTap(RecordRing ring, int oneIn, LoopCounters counters) {
    this.ring = ring;
    this.oneIn = oneIn;
    this.counters = counters;
  }

  @Override
  public void answered(AnsweredQuery query) {
    if (--untilNext > 0) {
      return;
    }
    untilNext = oneIn;
    int place = ring.claim(TappedQuery.length(query));
    if (place == RecordRing.NONE) {
      counters.increment(Counter.QUERY_LOG_DROPPED);
      return;
    }
    TappedQuery.write(query, ring.bytes(), place);
    ring.publish();
    counters.increment(Counter.QUERY_LOG_TAKEN);
  }
}
