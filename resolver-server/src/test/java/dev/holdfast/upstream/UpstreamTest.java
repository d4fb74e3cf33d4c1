package dev.holdfast.upstream;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.upstream.Upstream.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UpstreamTest {

  private final Upstream upstream = TestUpstreams.upstream(1);

  @Test
  void state_new_isUp() {
    assertThat(upstream.state()).isEqualTo(State.UP);
    assertThat(upstream.smoothedRttNanos()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"TIMEOUT", "REFUSED_CONNECTION", "NETWORK_ERROR"})
  void recordFailure_threeInARow_takesItDown(FailureKind kind) {
    upstream.recordFailure(kind);
    assertThat(upstream.state()).isEqualTo(State.SUSPECT);
    upstream.recordFailure(kind);
    assertThat(upstream.state()).isEqualTo(State.SUSPECT);
    upstream.recordFailure(kind);
    assertThat(upstream.state()).isEqualTo(State.DOWN);
    assertThat(upstream.consecutiveFailures()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(names = {"NEAR_MISSES", "OVERLOADED"})
  void recordFailure_forgeableOrOwnFault_changesNothing(FailureKind kind) {
    for (int i = 0; i < 10; i++) {
      upstream.recordFailure(kind);
    }
    assertThat(upstream.state()).isEqualTo(State.UP);
    assertThat(upstream.timeoutNanos()).isEqualTo(MILLISECONDS.toNanos(400));
  }

  @Test
  void recordReply_whileDown_isUpAgain() {
    for (int i = 0; i < 5; i++) {
      upstream.recordFailure(FailureKind.TIMEOUT);
    }
    upstream.recordReply(MILLISECONDS.toNanos(3));
    assertThat(upstream.state()).isEqualTo(State.UP);
    assertThat(upstream.consecutiveFailures()).isZero();
  }

  @Test
  void recordErrorReply_again_isSuspectAndNeverDown() {
    upstream.recordErrorReply(1_000_000);
    upstream.recordErrorReply(1_000_000);
    assertThat(upstream.state()).isEqualTo(State.UP);
    for (int i = 0; i < 10; i++) {
      upstream.recordErrorReply(1_000_000);
      assertThat(upstream.state()).isEqualTo(State.SUSPECT);
    }
    upstream.recordReply(1_000_000);
    assertThat(upstream.state()).isEqualTo(State.UP);
    assertThat(upstream.consecutiveErrors()).isZero();
  }

  @Test
  void recordErrorReply_whileDown_isAlive() {
    for (int i = 0; i < 3; i++) {
      upstream.recordFailure(FailureKind.TIMEOUT);
    }
    upstream.recordErrorReply(1_000_000);
    assertThat(upstream.state()).isEqualTo(State.UP);
  }

  @Test
  void timeoutNanos_firstSample_isRttPlusFourVariances() {
    upstream.recordReply(MILLISECONDS.toNanos(100));
    assertThat(upstream.smoothedRttNanos()).isEqualTo(MILLISECONDS.toNanos(100));
    assertThat(upstream.timeoutNanos()).isEqualTo(MILLISECONDS.toNanos(300));
  }

  @Test
  void timeoutNanos_steadyReplies_shrinksToFloor() {
    for (int i = 0; i < 100; i++) {
      upstream.recordReply(MILLISECONDS.toNanos(2));
    }
    assertThat(upstream.timeoutNanos()).isEqualTo(Upstream.MIN_TIMEOUT_NANOS);
  }

  @Test
  void timeoutNanos_slowReplies_staysBelowCeiling() {
    for (int i = 0; i < 100; i++) {
      upstream.recordReply(MILLISECONDS.toNanos(i % 2 == 0 ? 1 : 5000));
    }
    assertThat(upstream.timeoutNanos()).isEqualTo(Upstream.MAX_TIMEOUT_NANOS);
  }

  @Test
  void timeoutNanos_failuresInARow_doublesUpToCeiling() {
    for (int i = 0; i < 100; i++) {
      upstream.recordReply(MILLISECONDS.toNanos(2));
    }
    upstream.recordFailure(FailureKind.TIMEOUT);
    assertThat(upstream.timeoutNanos()).isEqualTo(MILLISECONDS.toNanos(100));
    upstream.recordFailure(FailureKind.TIMEOUT);
    assertThat(upstream.timeoutNanos()).isEqualTo(MILLISECONDS.toNanos(200));
    for (int i = 0; i < 100; i++) {
      upstream.recordFailure(FailureKind.TIMEOUT);
    }
    assertThat(upstream.timeoutNanos()).isEqualTo(Upstream.MAX_TIMEOUT_NANOS);
  }

  @Test
  void tryStart_atLimit_refusesUntilOneEnds() {
    assertThat(upstream.tryStart(2)).isTrue();
    assertThat(upstream.tryStart(2)).isTrue();
    assertThat(upstream.tryStart(2)).isFalse();
    assertThat(upstream.inFlight()).isEqualTo(2);
    upstream.end();
    assertThat(upstream.tryStart(2)).isTrue();
  }
}
