package dev.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.replay.VirtualLoop;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopWatchTest {

  private final VirtualLoop turning = new VirtualLoop();
  private final VirtualLoop stuck = new VirtualLoop();
  private final LoopWatch watch = LoopWatch.start(List.of(turning, stuck), turning.clock());

  @Test
  void stuck_loopThatDoesNotTurn_isFoundAfterFiveSeconds() {
    turning.advance(Duration.ofMillis(LoopWatch.MAX_QUIET_MILLIS));
    assertThat(watch.stuck()).isZero();

    turning.advance(Duration.ofMillis(1));
    assertThat(watch.stuck()).isOne();
    assertThat(watch.loops()).isEqualTo(2);
    assertThat(watch.longestQuietMillis()).isEqualTo(LoopWatch.MAX_QUIET_MILLIS + 1);
  }

  @Test
  void stuck_loopThatTurnsAgain_isFine() {
    turning.advance(Duration.ofSeconds(9));
    stuck.advance(Duration.ofSeconds(1));

    assertThat(watch.stuck()).isZero();
  }
}
