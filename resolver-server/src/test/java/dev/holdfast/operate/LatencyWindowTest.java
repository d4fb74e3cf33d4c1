package dev.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.replay.VirtualLoop;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {

  private final VirtualLoop clock = new VirtualLoop();
  private final LoopCounters loop = new LoopCounters();
  private final LatencyWindow window = new LatencyWindow(List.of(loop), clock.clock());

  @Test
  void read_everySecond_looksBackTenSeconds() {
    LatencyWindow.Latencies read = window.read();
    for (int second = 1; second <= 30; second++) {
      loop.hits().record(1_000_000L * second, 1);
      clock.advance(Duration.ofSeconds(1));
      read = window.read();
    }

    assertThat(read.nanos()).isEqualTo(Duration.ofSeconds(10).toNanos());
    assertThat(read.hits().count()).isEqualTo(10);
    assertThat(read.hits().quantileNanos(0)).isEqualTo(21_000_000);
    assertThat(read.misses().count()).isZero();
  }

  @Test
  void read_firstTime_looksBackToTheStart() {
    loop.misses().record(5_000_000, 3);
    clock.advance(Duration.ofMinutes(1));

    assertThat(window.read().nanos()).isEqualTo(Duration.ofMinutes(1).toNanos());
    assertThat(window.read().misses().count()).isEqualTo(3);
  }

  @Test
  void read_oftenWithinASecond_keepsFewSamples() {
    for (int i = 0; i < 100; i++) {
      clock.advance(Duration.ofMillis(10));
      window.read();
    }
    loop.hits().record(1_000_000, 1);

    assertThat(window.read().hits().count()).isEqualTo(1);
    assertThat(window.read().nanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
  }
}
