package dev.holdfast.tap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.resolve.AnsweredQuery;
import org.junit.jupiter.api.Test;

final class LoopTapTest {

  private static final int QUERIES = 100;

  @Test
  void answered_nobodyTakesThem_restIsDroppedAndCounted() {
    LoopCounters counters = new LoopCounters();
    LoopTap tap = new LoopTap(new RecordRing(1024), /* oneIn= */ 1, counters);

    for (int i = 0; i < QUERIES; i++) {
      tap.answered(new AnsweredQuery());
    }

    long taken = counters.get(Counter.QUERY_LOG_TAKEN);
    assertThat(taken).isBetween(1L, QUERIES - 1L);
    assertThat(counters.get(Counter.QUERY_LOG_DROPPED)).isEqualTo(QUERIES - taken);
  }
}
