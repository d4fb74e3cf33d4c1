package dev.holdfast.upstream;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.upstream.Health.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthTest {

  private final Health health = new Health();

  @Test
  void state_new_isUp() {
    assertThat(health.state()).isEqualTo(State.UP);
    assertThat(health.smoothedRttNanos()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"TIMEOUT", "REFUSED_CONNECTION", "NETWORK_ERROR"})
  void failed_threeInARow_takesItDown(FailureKind kind) {
    health.failed(kind);
    assertThat(health.state()).isEqualTo(State.SUSPECT);
    health.failed(kind);
    assertThat(health.state()).isEqualTo(State.SUSPECT);
    health.failed(kind);
    assertThat(health.state()).isEqualTo(State.DOWN);
  }

  @ParameterizedTest
  @EnumSource(names = {"NEAR_MISSES", "OVERLOADED"})
  void failed_forgeableOrOwnFault_changesNothing(FailureKind kind) {
    for (int i = 0; i < 10; i++) {
      health.failed(kind);
    }
    assertThat(health.state()).isEqualTo(State.UP);
    assertThat(health.timeoutNanos()).isEqualTo(MILLISECONDS.toNanos(400));
  }

  @Test
  void trouble_afterFailuresAndErrors_saysWhatTookItDown() {
    for (int i = 0; i < 3; i++) {
      health.failed(FailureKind.REFUSED_CONNECTION);
    }
    assertThat(health.trouble()).isEqualTo("3 queries in a row turned away, nobody listens there");

    for (int i = 0; i < 5; i++) {
      health.repliedError(MILLISECONDS.toNanos(3), 0);
    }
    assertThat(health.trouble()).isEqualTo("5 error replies in a row");
  }

  @Test
  void presumeDown_isSuspectUntilItFailsOrReplies() {
    health.presumeDown();
    assertThat(health.state()).isEqualTo(State.SUSPECT);
    assertThat(health.isProbablyDown()).isTrue();

    health.failed(FailureKind.TIMEOUT);
    assertThat(health.state()).isEqualTo(State.DOWN);

    health.replied(MILLISECONDS.toNanos(3), 0);
    assertThat(health.isProbablyDown()).isFalse();
    health.presumeDown();
    assertThat(health.state()).as("what this run knows counts more").isEqualTo(State.UP);
  }

  @Test
  void replied_whileDown_isUpAgain() {
    for (int i = 0; i < 5; i++) {
      health.failed(FailureKind.TIMEOUT);
    }
    health.replied(MILLISECONDS.toNanos(3), 0);
    assertThat(health.state()).isEqualTo(State.UP);
  }

  @Test
  void repliedError_inARow_isSuspectThenDown() {
    for (int errors = 1; errors < Health.SUSPECT_AFTER_ERRORS; errors++) {
      health.repliedError(1_000_000, 0);
      assertThat(health.state()).isEqualTo(State.UP);
    }
    for (int errors = Health.SUSPECT_AFTER_ERRORS; errors < Health.DOWN_AFTER_ERRORS; errors++) {
      health.repliedError(1_000_000, 0);
      assertThat(health.state()).isEqualTo(State.SUSPECT);
    }
    health.repliedError(1_000_000, 0);
    assertThat(health.state()).isEqualTo(State.DOWN);
    health.replied(1_000_000, 0);
    assertThat(health.state()).isEqualTo(State.UP);
  }

  @Test
  void overdue_untilAReply_isSuspect() {
    health.overdue();
    assertThat(health.state()).isEqualTo(State.SUSPECT);
    health.replied(1_000_000, 0);
    assertThat(health.state()).isEqualTo(State.UP);
  }

  @Test
  void isErratic_aThirdOfRepliesLate_isTrueUntilTheyAreSteady() {
    for (int i = 0; i < 30; i++) {
      reply(i % 3 == 0 ? 800 : 1);
    }
    assertThat(health.isErratic()).isTrue();
    for (int i = 0; i < 60; i++) {
      reply(1);
    }
    assertThat(health.isErratic()).isFalse();
  }

  @Test
  void isErratic_twoLateInAShortTime_isTrueBeforeTheirRepliesCome() {
    for (int i = 0; i < 60; i++) {
      reply(1);
    }
    health.late();
    assertThat(health.isErratic()).isFalse();
    reply(1);
    health.late();
    assertThat(health.isErratic()).isTrue();
  }

  @Test
  void isErratic_alwaysSlow_isFalse() {
    for (int i = 0; i < 60; i++) {
      reply(600);
    }
    assertThat(health.isErratic()).isFalse();
    assertThat(health.isSilent()).isFalse();
  }

  @Test
  void isSilent_threeLateWithoutAReply_isTrueUntilOneComes() {
    reply(1);
    health.late();
    health.late();
    assertThat(health.isSilent()).isFalse();
    health.late();
    assertThat(health.isSilent()).isTrue();

    health.repliedError(MILLISECONDS.toNanos(1), 0);

    assertThat(health.isSilent()).isFalse();
  }

  @Test
  void hedgeNanos_aThirdOfRepliesLate_isThatOfTheOthers() {
    for (int i = 0; i < 300; i++) {
      reply(i % 3 == 0 ? 800 : 1);
    }
    assertThat(health.hedgeNanos()).isEqualTo(MILLISECONDS.toNanos(10));
    assertThat(health.timeoutNanos()).isEqualTo(Health.MIN_TIMEOUT_NANOS);
  }

  @Test
  void timeoutNanos_upstreamBecomesSlowForGood_follows() {
    for (int i = 0; i < 60; i++) {
      reply(1);
    }
    for (int i = 0; i < 60; i++) {
      reply(600);
    }
    assertThat(health.smoothedRttNanos()).isGreaterThan(MILLISECONDS.toNanos(500));
    assertThat(health.isErratic()).isFalse();
  }

  @Test
  void hedgeNanos_steadyReplies_isAtLeastTenMillisAndBelowTheTimeout() {
    for (int i = 0; i < 100; i++) {
      health.replied(MILLISECONDS.toNanos(1), 0);
    }
    assertThat(health.hedgeNanos()).isEqualTo(MILLISECONDS.toNanos(10));
    assertThat(health.hedgeNanos()).isLessThan(health.timeoutNanos());
  }

  @Test
  void repliedError_whileDown_isAlive() {
    for (int i = 0; i < 3; i++) {
      health.failed(FailureKind.TIMEOUT);
    }
    health.repliedError(1_000_000, 0);
    assertThat(health.state()).isEqualTo(State.UP);
  }

  @Test
  void timeoutNanos_firstSample_isRttPlusFourVariances() {
    health.replied(MILLISECONDS.toNanos(100), 0);
    assertThat(health.smoothedRttNanos()).isEqualTo(MILLISECONDS.toNanos(100));
    assertThat(health.timeoutNanos()).isEqualTo(MILLISECONDS.toNanos(300));
  }

  @Test
  void timeoutNanos_steadyReplies_shrinksToFloor() {
    for (int i = 0; i < 100; i++) {
      health.replied(MILLISECONDS.toNanos(2), 0);
    }
    assertThat(health.timeoutNanos()).isEqualTo(Health.MIN_TIMEOUT_NANOS);
  }

  @Test
  void timeoutNanos_slowReplies_staysBelowCeiling() {
    for (int i = 0; i < 100; i++) {
      reply(i % 2 == 0 ? 2000 : 5000);
    }
    assertThat(health.timeoutNanos()).isEqualTo(Health.MAX_TIMEOUT_NANOS);
  }

  /** A query whose reply takes so long, as one who waits for it tells. */
  private void reply(long rttMillis) {
    long rttNanos = MILLISECONDS.toNanos(rttMillis);
    if (rttNanos > health.lateNanos()) {
      health.late();
    }
    health.replied(rttNanos, 0);
  }
}
