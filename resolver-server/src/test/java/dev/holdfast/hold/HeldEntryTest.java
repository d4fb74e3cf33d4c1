package dev.holdfast.hold;

import static dev.holdfast.hold.HoldAnswers.addresses;
import static dev.holdfast.hold.HoldAnswers.nodata;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is served in place of an absence: its times, its TTLs and what it says of itself. */
class HeldEntryTest {

  private static final CacheKey KEY = HoldAnswers.key(RecordType.A);
  private static final Duration WINDOW = Duration.ofMinutes(30);
  private static final Instant VANISHED_AT = Instant.parse("2025-10-20T06:48:00.7Z");
  private static final long VANISHED_AT_NANOS = Long.MAX_VALUE - 5;

  private long goneNanos;
  private final Holds holds =
      new Holds(
          new HoldConfig(HoldMode.ENFORCE, Duration.ZERO, 0, WINDOW, List.of()),
          () -> VANISHED_AT.plusNanos(goneNanos),
          new AnswerCache(1 << 20));

  @Test
  void hold_positive_isTheLastGoodAnswerWithItsNotice() {
    CacheEntry entry = holdAfter(Duration.ofSeconds(90), addresses("192.0.2.1"));

    assertThat(entry.isHeld()).isTrue();
    assertThat(entry.kind()).isEqualTo(ReplyKind.POSITIVE);
    assertThat(entry.answer().hasSameRecords(addresses("192.0.2.1"))).isTrue();
    assertThat(entry.answer().minTtlSeconds()).isEqualTo(Holds.MAX_TTL_SECONDS);
    assertThat(entry.answer().authenticData()).isFalse();
    Answer noticed =
        addresses("192.0.2.1")
            .held(
                Holds.MAX_TTL_SECONDS,
                ExtendedError.option(
                    ExtendedError.STALE_ANSWER, "held: vanished at 2025-10-20T06:48:00Z"));
    assertThat(noticed)
        .usingRecursiveComparison()
        .as("records, TTLs, flags and extended error")
        .isEqualTo(entry.answer());
  }

  @Test
  void hold_shortTtl_isNotRaised() {
    assertThat(holdAfter(Duration.ZERO, addresses(5, "192.0.2.1")).answer().minTtlSeconds())
        .isEqualTo(5);
  }

  @Test
  void hold_outlivingItsTtl_stillTellsASecond() {
    CacheEntry entry = holdAfter(Duration.ofMinutes(20), addresses(5, "192.0.2.1"));
    long storedAtNanos = VANISHED_AT_NANOS + goneNanos;

    assertThat(entry.ageSeconds(storedAtNanos)).isZero();
    assertThat(entry.ageSeconds(storedAtNanos + TimeUnit.SECONDS.toNanos(3))).isEqualTo(3);
    assertThat(entry.ageSeconds(storedAtNanos + TimeUnit.SECONDS.toNanos(20))).isEqualTo(4);
  }

  @Test
  void hold_askAgain_growsFromFiveToThirtySecondsWithJitter() {
    assertAskAgain(Duration.ZERO, 5);
    assertAskAgain(Duration.ofSeconds(100), 5);
    assertAskAgain(Duration.ofMinutes(5), 15);
    assertAskAgain(Duration.ofMinutes(10), 30);
    assertAskAgain(Duration.ofMinutes(29), 30);
  }

  private void assertAskAgain(Duration gone, int pauseSeconds) {
    Set<Long> pauses = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      CacheEntry entry = holdAfter(gone, addresses("192.0.2.1"));
      long pauseNanos = freshNanos(entry, VANISHED_AT_NANOS + goneNanos);
      pauses.add(pauseNanos);
      assertThat(pauseNanos)
          .as("after %s", gone)
          .isBetween(
              TimeUnit.MILLISECONDS.toNanos(pauseSeconds * 800L),
              TimeUnit.SECONDS.toNanos(pauseSeconds));
    }
    assertThat(pauses).as("jitter").hasSizeGreaterThan(10);
  }

  @Test
  void hold_whenUpstreamsFallSilent_lastsUntilTheWindowEnds() {
    CacheEntry entry = holdAfter(Duration.ofMinutes(10), addresses("192.0.2.1"));
    long windowEndsNanos = VANISHED_AT_NANOS + WINDOW.toNanos();

    assertThat(entry.isServableStale(windowEndsNanos - 1)).isTrue();
    assertThat(entry.isServableStale(windowEndsNanos)).isFalse();
  }

  @Test
  void hold_forgottenMeanwhile_isNull() {
    holdAfter(Duration.ZERO, addresses("192.0.2.1"));
    holds.histories().forget(KEY);

    assertThat(holds.lastGood(KEY)).isNull();
    assertThat(holds.hold(KEY, addresses("192.0.2.1"), VANISHED_AT_NANOS)).isNull();
  }

  private CacheEntry holdAfter(Duration gone, Answer lastGood) {
    LoopCounters counters = new LoopCounters();
    holds.histories().forget(KEY);
    holds.answered(KEY, lastGood, /* cached= */ false, VANISHED_AT_NANOS - 1, counters);
    assertThat(holds.judge(KEY, nodata(), VANISHED_AT_NANOS, counters)).isEqualTo(Verdict.HELD);
    goneNanos = gone.toNanos();
    long nowNanos = VANISHED_AT_NANOS + goneNanos;
    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.HELD);
    return Objects.requireNonNull(holds.hold(KEY, lastGood, nowNanos));
  }

  private static long freshNanos(CacheEntry entry, long nowNanos) {
    long low = 0;
    long high = TimeUnit.MINUTES.toNanos(1);
    while (low < high) {
      long middle = (low + high) / 2;
      if (entry.isFresh(nowNanos + middle)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
