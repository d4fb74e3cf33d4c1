package dev.holdfast.hold;

import static dev.holdfast.hold.HoldAnswers.addresses;
import static dev.holdfast.hold.HoldAnswers.config;
import static dev.holdfast.hold.HoldAnswers.key;
import static dev.holdfast.hold.HoldAnswers.nodata;
import static dev.holdfast.hold.HoldAnswers.nxdomain;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HoldsTest {

  private static final CacheKey KEY = key(RecordType.A);
  private static final CacheKey SIGNED_KEY = KEY.otherDnssecVariant();
  private static final Duration WINDOW = Duration.ofHours(6);

  private final AnswerCache cache = new AnswerCache(1 << 20);
  private final LoopCounters counters = new LoopCounters();
  private Instant wallClock = Instant.parse("2025-10-20T06:48:00Z");

  /* Wraps within the test, so that times are compared as differences. */
  private long nowNanos = Long.MAX_VALUE - Duration.ofHours(30).toNanos();

  @Test
  void proven_oldEnoughAndRefreshedOftenEnough_isProven() {
    Holds holds = holds(config(HoldMode.ENFORCE));
    answered(holds, KEY);
    pass(Duration.ofHours(8));
    answered(holds, KEY);
    pass(Duration.ofHours(8));
    answered(holds, KEY);
    pass(Duration.ofHours(8));
    assertThat(holds.proven(KEY, nowNanos)).as("refreshed twice").isNull();

    answered(holds, KEY);

    assertThat(holds.proven(KEY, nowNanos)).isNotNull();
    assertThat(holds.proven(key("other.example.org.", RecordType.A, false), nowNanos)).isNull();
  }

  @Test
  void proven_refreshedOftenButYoung_isNot() {
    Holds holds = holds(config(HoldMode.ENFORCE));
    for (int i = 0; i < 100; i++) {
      answered(holds, KEY);
      pass(Duration.ofMinutes(1));
    }
    assertThat(holds.proven(KEY, nowNanos)).isNull();

    pass(Duration.ofHours(24).minusMinutes(100).minusNanos(1));
    assertThat(holds.proven(KEY, nowNanos)).isNull();
    pass(Duration.ofNanos(1));
    assertThat(holds.proven(KEY, nowNanos)).isNotNull();
  }

  @Test
  void proven_bothBoundsZero_firstAnswerProves() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    assertThat(holds.proven(KEY, nowNanos)).isNull();

    answered(holds, KEY);

    assertThat(holds.proven(KEY, nowNanos)).isNotNull();
  }

  @Test
  void proven_otherDnssecVariantOnly_speaksForIt() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    answered(holds, SIGNED_KEY);

    assertThat(holds.proven(KEY, nowNanos)).isNotNull();
    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.HELD);
    assertThat(holds.lastGood(KEY)).isNotNull();
  }

  @Test
  void proven_youngVariantBesideAnOldOne_isProvenByIt() {
    Holds holds = holds(config(HoldMode.ENFORCE));
    proveByTime(holds, SIGNED_KEY);
    answered(holds, KEY, addresses("192.0.2.7"));

    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.HELD);
    assertThat(lastGood(holds, KEY).hasSameRecords(addresses("192.0.2.7"))).isTrue();
  }

  @Test
  void proven_typesWithoutHistory_neverAre() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    for (int type :
        new int[] {RecordType.TXT, RecordType.MX, RecordType.TLSA, RecordType.CAA, RecordType.DS}) {
      answered(holds, key(type));

      assertThat(holds.proven(key(type), nowNanos)).isNull();
      assertThat(holds.history(key(type))).isNull();
    }
  }

  @Test
  void proven_namesThatAreNeverHeld_neverAre() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    CacheKey challenge = key("_acme-challenge.example.org.", RecordType.CNAME, false);
    answered(holds, challenge);

    assertThat(holds.proven(challenge, nowNanos)).isNull();
    assertThat(holds.judge(challenge, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
  }

  @Test
  void judge_enforce_holdsUntilTheWindowHasPassed() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    answered(holds, KEY);
    pass(Duration.ofMinutes(1));

    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.HELD);
    pass(WINDOW.minusNanos(1));
    assertThat(holds.judge(KEY, nxdomain(), nowNanos, counters)).isEqualTo(Verdict.HELD);
    pass(Duration.ofNanos(1));
    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
    assertThat(holds.proven(KEY, nowNanos)).as("after the window").isNull();
    assertThat(counters.get(Counter.ABSENCES_HELD)).isEqualTo(2);
    assertThat(counters.get(Counter.ABSENCES_WOULD_HAVE_HELD)).isZero();
  }

  @Test
  void judge_observe_believesAndCounts() {
    Holds holds = holds(atOnce(HoldMode.OBSERVE));
    answered(holds, KEY);

    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.WOULD_HAVE_HELD);
    assertThat(holds.proven(KEY, nowNanos)).as("its negative TTL stays capped").isNotNull();
    pass(WINDOW);
    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
    assertThat(counters.get(Counter.ABSENCES_WOULD_HAVE_HELD)).isOne();
    assertThat(counters.get(Counter.ABSENCES_HELD)).isZero();
  }

  @Test
  void judge_off_believesButStaysProvenForTheWindow() {
    Holds holds = holds(atOnce(HoldMode.OFF));
    answered(holds, KEY);

    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
    assertThat(holds.proven(KEY, nowNanos)).as("its negative TTL stays capped").isNotNull();
    pass(WINDOW);
    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
    assertThat(holds.proven(KEY, nowNanos)).isNull();
    assertThat(counters.get(Counter.ABSENCES_WOULD_HAVE_HELD)).isZero();
  }

  @Test
  void judge_unknownName_isBelieved() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));

    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
    assertThat(holds.histories().find(KEY)).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void judge_intent_isBelievedAndForgottenInEveryMode(HoldMode mode) {
    for (int code = ExtendedError.BLOCKED; code <= ExtendedError.PROHIBITED; code++) {
      Holds holds = holds(atOnce(mode));
      answered(holds, KEY);
      answered(holds, SIGNED_KEY);

      assertThat(holds.judge(KEY, nodata(code), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
      assertThat(holds.proven(KEY, nowNanos)).isNull();
      assertThat(holds.proven(SIGNED_KEY, nowNanos)).isNull();
    }
  }

  @Test
  void judge_intentDuringAHold_endsIt() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    answered(holds, KEY);
    holds.judge(KEY, nodata(), nowNanos, counters);

    holds.judge(KEY, nodata(ExtendedError.CENSORED), nowNanos, counters);

    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        ExtendedError.OTHER,
        ExtendedError.STALE_ANSWER,
        ExtendedError.NOT_READY,
        ExtendedError.STALE_NXDOMAIN_ANSWER,
        ExtendedError.NETWORK_ERROR
      })
  void judge_otherExtendedErrors_areNoIntent(int code) {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    answered(holds, KEY);

    assertThat(holds.judge(KEY, nodata(code), nowNanos, counters)).isEqualTo(Verdict.HELD);
  }

  @Attack(Threat.GHOST_DOMAIN)
  @Test
  void judge_repeatedAbsence_countsTheWindowFromTheFirst() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    answered(holds, KEY);
    for (Duration gone = Duration.ZERO; gone.compareTo(WINDOW) < 0; gone = gone.plusMinutes(10)) {
      assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.HELD);
      pass(Duration.ofMinutes(10));
    }

    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
  }

  @Test
  void judge_backInBetween_beginsANewWindow() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    answered(holds, KEY);
    holds.judge(KEY, nodata(), nowNanos, counters);
    pass(Duration.ofHours(5));

    answered(holds, KEY, addresses("192.0.2.2"));

    assertThat(counters.get(Counter.NAMES_RETURNED)).isOne();
    pass(Duration.ofHours(5));
    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.HELD);
    assertThat(lastGood(holds, KEY).hasSameRecords(addresses("192.0.2.2"))).isTrue();
    pass(WINDOW.minusNanos(1));
    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.HELD);
  }

  @Attack(Threat.GHOST_DOMAIN)
  @Test
  void judge_otherVariantAskedLater_doesNotLengthenTheWindow() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    answered(holds, KEY);
    answered(holds, SIGNED_KEY);
    holds.judge(KEY, nodata(), nowNanos, counters);
    pass(Duration.ofHours(5));

    assertThat(holds.judge(SIGNED_KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.HELD);
    pass(Duration.ofHours(1));
    assertThat(holds.judge(SIGNED_KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
  }

  @Attack(Threat.GHOST_DOMAIN)
  @Test
  void judge_otherVariantNeverAskedAgain_doesNotHoldForEver() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    answered(holds, KEY);
    answered(holds, SIGNED_KEY);
    pass(Duration.ofMinutes(1));
    holds.judge(KEY, nodata(), nowNanos, counters);
    pass(WINDOW);
    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);

    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
    assertThat(holds.histories().find(SIGNED_KEY)).isNull();
  }

  @Test
  void judge_released_isBelievedUntilPositiveAgain() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    answered(holds, KEY);
    holds.judge(KEY, nodata(), nowNanos, counters);

    holds.histories().release(KEY);

    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.BELIEVED);
    assertThat(holds.proven(KEY, nowNanos)).as("its negative TTL stays capped").isNotNull();
    answered(holds, KEY);
    assertThat(holds.judge(KEY, nodata(), nowNanos, counters)).isEqualTo(Verdict.HELD);
  }

  @Test
  void answered_distinctSets_keepsTheLastFour() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    for (int i = 1; i <= 6; i++) {
      answered(holds, KEY, addresses("192.0.2." + i, "198.51.100." + i));
    }
    answered(holds, KEY, addresses(7, "198.51.100.5", "192.0.2.5"));

    History history = Objects.requireNonNull(holds.histories().find(KEY));
    assertThat(history.refreshes()).isEqualTo(6);
    List<Answer> sets = history.recordSets();
    assertThat(sets).hasSize(4);
    int[] expected = {5, 6, 4, 3};
    for (int i = 0; i < expected.length; i++) {
      Answer wanted = addresses("192.0.2." + expected[i], "198.51.100." + expected[i]);
      assertThat(sets.get(i).hasSameRecords(wanted)).as("set %d", i).isTrue();
    }
  }

  @Test
  void answered_mostRecordsLost_isCountedNotAltered() {
    Holds holds = holds(atOnce(HoldMode.ENFORCE));
    answered(holds, KEY, addresses("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"));
    answered(holds, KEY, addresses("192.0.2.1", "192.0.2.2"));
    answered(holds, KEY, addresses("192.0.2.1"));
    assertThat(counters.get(Counter.RECORD_SETS_SHRUNK)).isZero();

    answered(holds, KEY, addresses("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"));
    answered(holds, KEY, addresses("192.0.2.4"));

    assertThat(counters.get(Counter.RECORD_SETS_SHRUNK)).isOne();
    assertThat(lastGood(holds, KEY).hasSameRecords(addresses("192.0.2.4"))).isTrue();
  }

  private static HoldConfig atOnce(HoldMode mode) {
    return new HoldConfig(mode, Duration.ZERO, 0, WINDOW, List.of());
  }

  private Holds holds(HoldConfig config) {
    return new Holds(config, () -> wallClock, cache);
  }

  private void proveByTime(Holds holds, CacheKey key) {
    for (int i = 0; i < 4; i++) {
      answered(holds, key);
      pass(Duration.ofHours(8));
    }
  }

  private void answered(Holds holds, CacheKey key) {
    answered(holds, key, addresses("192.0.2.1"));
  }

  private void answered(Holds holds, CacheKey key, Answer answer) {
    holds.answered(key, answer, /* cached= */ true, nowNanos, counters);
    cache.put(key, new CacheEntry(answer, ReplyKind.POSITIVE, answer.minTtlSeconds(), 0, nowNanos));
  }

  private static Answer lastGood(Holds holds, CacheKey key) {
    return Objects.requireNonNull(holds.lastGood(key));
  }

  private void pass(Duration duration) {
    nowNanos += duration.toNanos();
    wallClock = wallClock.plus(duration);
  }
}
