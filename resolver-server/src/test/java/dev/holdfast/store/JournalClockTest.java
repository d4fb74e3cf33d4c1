package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an answer is after a restart, by the wall clock, and when that clock jumps. */
class JournalClockTest extends JournalTests {

  private static final Duration TTL = Duration.ofSeconds(Answers.TTL_SECONDS);
  private static final Duration DECADE = Duration.ofDays(3653);

  @BeforeEach
  void learn() {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
  }

  @Test
  void load_beforeTheTtlEnds_isFreshUntilThen() throws Exception {
    CacheEntry entry = restartedAfter(TTL.minusSeconds(1));
    assertThat(entry.isFresh(fixture.nanos)).isTrue();
    assertThat(entry.isFresh(fixture.nanos + Duration.ofSeconds(1).toNanos())).isFalse();
  }

  @Test
  void load_afterTheTtl_isStaleUntilTheStaleTimeEnds() throws Exception {
    CacheEntry entry = restartedAfter(TTL.plusSeconds(1));
    assertThat(entry.isServableStale(fixture.nanos)).isTrue();
    long left = Answers.STALE.minusSeconds(1).toNanos();
    assertThat(entry.isServableStale(fixture.nanos + left - 1)).isTrue();
    assertThat(entry.isServableStale(fixture.nanos + left)).isFalse();
  }

  @Test
  void load_afterTheStaleTime_isGone() throws Exception {
    assertThat(loadedAfter(TTL.plus(Answers.STALE))).isNull();
  }

  @Test
  void load_staleTimeShortenedByTheOperator_counts() throws Exception {
    fixture.advance(TTL.plusMinutes(2));
    fixture.crash();
    Map<CacheKey, CacheEntry> entries = new HashMap<>();

    fixture.journal.load(Duration.ofMinutes(1), entries::put);

    assertThat(entries).isEmpty();
  }

  @Attack(Threat.GHOST_DOMAIN)
  @Test
  void load_manyRestarts_doNotMakeAnAnswerYounger() throws Exception {
    for (int i = 0; i < 10; i++) {
      CacheEntry entry = restartedAfter(Duration.ofHours(2));
      assertThat(entry.ageSeconds(fixture.nanos)).isEqualTo((i + 1) * 7200);
    }
    assertThat(loadedAfter(Duration.ofHours(5))).isNull();
  }

  @Test
  void load_clockSetBackALittle_takesTheAnswerForNew() throws Exception {
    CacheEntry entry = restartedAfter(Duration.ofSeconds(-30));
    assertThat(entry.ageSeconds(fixture.nanos)).isZero();
    assertThat(entry.isFresh(fixture.nanos + TTL.toNanos() - 1)).isTrue();
    assertThat(entry.isFresh(fixture.nanos + TTL.toNanos())).isFalse();
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void load_clockTenYearsBack_isVerifiedFirstAndHelpsForTheStaleTime() throws Exception {
    CacheEntry entry = restartedAfter(DECADE.negated());
    assertThat(entry.isFresh(fixture.nanos)).isFalse();
    assertThat(entry.isServableStale(fixture.nanos)).isTrue();
    assertThat(entry.isServableStale(fixture.nanos + Answers.STALE.toNanos())).isFalse();
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void load_negativeFromTheFuture_isGone() throws Exception {
    fixture.journal.offer(WWW, Answers.negative(WWW, 60, fixture.nanos));
    fixture.journal.turn();

    assertThat(loadedAfter(DECADE.negated())).isNull();
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void load_clockTenYearsAheadUntilItIsSet_bringsTheAnswerBackAfterwards() throws Exception {
    assertThat(loadedAfter(DECADE)).isNull();
    for (int i = 0; i < 10; i++) {
      fixture.journal.turn();
    }

    assertThat(loadedAfter(DECADE.negated())).isNotNull();
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void load_clockJumpsWhileRunning_doesNotChangeAges() throws Exception {
    fixture.wallMillis += DECADE.toMillis();
    fixture.advance(Duration.ofSeconds(20));
    fixture.learn(WWW, 2);
    fixture.advance(Duration.ofSeconds(10));
    fixture.journal.turn();

    CacheEntry entry = restartedAfter(Duration.ofSeconds(5));
    assertThat(entry.ageSeconds(fixture.nanos)).isEqualTo(15);
  }

  private CacheEntry restartedAfter(Duration wallTime) throws Exception {
    return Objects.requireNonNull(loadedAfter(wallTime));
  }

  /* The monotonic clock of another boot begins anywhere. */
  private @Nullable CacheEntry loadedAfter(Duration wallTime) throws Exception {
    fixture.wallMillis += wallTime.toMillis();
    fixture.nanos = 42 - fixture.nanos;
    fixture.crash();
    return fixture.loadEntries().get(WWW);
  }
}
