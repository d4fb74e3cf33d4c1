package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UpstreamTest {

  private static final byte[] QUESTION = {0, 0, 1, 0, 1};

  private final Upstream upstream = TestUpstreams.upstream(1);

  @Test
  void tryStart_atLimit_refusesUntilOneEnds() {
    assertThat(upstream.tryStart(2)).isTrue();
    assertThat(upstream.tryStart(2)).isTrue();
    assertThat(upstream.tryStart(2)).isFalse();
    assertThat(upstream.inFlight()).isEqualTo(2);
    upstream.end();
    assertThat(upstream.tryStart(2)).isTrue();
  }

  @Test
  void prefersStream_udpDownAndTcpProven_isTrueUntilUdpIsBack() {
    assertThat(upstream.prefersStream()).isFalse();
    takeDown(upstream.health(false));
    assertThat(upstream.prefersStream()).isFalse();
    assertThat(upstream.state()).isEqualTo(Health.State.DOWN);
    upstream.replied(true, 1_000_000, 0, QUESTION);
    assertThat(upstream.prefersStream()).isTrue();
    assertThat(upstream.state()).isEqualTo(Health.State.UP);
    upstream.replied(false, 1_000_000, 0, QUESTION);
    assertThat(upstream.prefersStream()).isFalse();
  }

  @Test
  void prefersStream_bothDown_isFalse() {
    upstream.replied(true, 1_000_000, 0, QUESTION);
    takeDown(upstream.health(false));
    takeDown(upstream.health(true));
    assertThat(upstream.prefersStream()).isFalse();
    assertThat(upstream.state()).isEqualTo(Health.State.DOWN);
  }

  private static void takeDown(Health health) {
    for (int i = 0; i < Health.DOWN_AFTER_FAILURES; i++) {
      health.failed(FailureKind.TIMEOUT);
    }
  }
}
