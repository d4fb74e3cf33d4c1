package dev.holdfast.cache;

import static dev.holdfast.cache.Entries.NOW;
import static dev.holdfast.cache.Entries.answer;
import static dev.holdfast.cache.Entries.positive;
import static dev.holdfast.cache.Entries.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ReplyKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CacheEntryTest {

  private static final long DAY = seconds(86_400);

  @Test
  void isFresh_endsWithTheTtl() {
    CacheEntry entry = positive(100, DAY);

    assertThat(entry.isFresh(NOW)).isTrue();
    assertThat(entry.isFresh(NOW + seconds(100) - 1)).isTrue();
    assertThat(entry.isFresh(NOW + seconds(100))).isFalse();
  }

  @Test
  void isStale_beginsWithTheEndOfTheTtlAndEndsWithItsTime() {
    CacheEntry entry = positive(100, seconds(50));

    assertThat(entry.isStale(NOW + seconds(100) - 1)).isFalse();
    assertThat(entry.isStale(NOW + seconds(100))).isTrue();
    assertThat(entry.isServableStale(NOW + seconds(100))).isTrue();
    assertThat(entry.isStale(NOW + seconds(150) - 1)).isTrue();
    assertThat(entry.isStale(NOW + seconds(150))).isFalse();
    assertThat(entry.isServableStale(NOW + seconds(150))).isFalse();
  }

  @Test
  void isStale_withoutStaleTime_never() {
    CacheEntry entry = positive(100, 0);

    assertThat(entry.isFresh(NOW + seconds(100))).isFalse();
    assertThat(entry.isStale(NOW + seconds(100))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplyKind.class,
      names = {"NODATA", "NXDOMAIN"})
  void isServableStale_negative_never(ReplyKind kind) {
    CacheEntry entry = Entries.of(kind, 100, DAY);

    assertThat(entry.isFresh(NOW)).isTrue();
    assertThat(entry.isStale(NOW + seconds(101))).isTrue();
    assertThat(entry.isServableStale(NOW + seconds(101))).isFalse();
  }

  @Test
  void ageSeconds_countsWholeSeconds() {
    CacheEntry entry = positive(100, DAY);

    assertThat(entry.ageSeconds(NOW)).isZero();
    assertThat(entry.ageSeconds(NOW + seconds(1) - 1)).isZero();
    assertThat(entry.ageSeconds(NOW + seconds(1))).isEqualTo(1);
    assertThat(entry.ageSeconds(NOW + 7 * DAY)).isEqualTo(7 * 86_400);
  }

  @Test
  void isPrefetchDue_inTheLastTenthOnce() {
    CacheEntry entry = positive(100, DAY);

    assertThat(entry.isPrefetchDue(NOW)).isFalse();
    assertThat(entry.isPrefetchDue(NOW + seconds(90))).isFalse();
    assertThat(entry.isPrefetchDue(NOW + seconds(90) + 1)).isTrue();
    assertThat(entry.isPrefetched()).isFalse();

    entry.markPrefetched();

    assertThat(entry.isPrefetchDue(NOW + seconds(95))).isFalse();
    assertThat(entry.isPrefetched()).isTrue();
  }

  @Test
  void withAnswer_keepsKindAndTimes() {
    CacheEntry entry = positive(100, seconds(50));
    Answer other = answer(9, 100);

    CacheEntry changed = entry.withAnswer(other);

    assertThat(changed.hasSameRecords(other)).isTrue();
    assertThat(changed.kind()).isEqualTo(ReplyKind.POSITIVE);
    assertThat(changed.isFresh(NOW + seconds(100) - 1)).isTrue();
    assertThat(changed.isFresh(NOW + seconds(100))).isFalse();
    assertThat(changed.isStale(NOW + seconds(150) - 1)).isTrue();
    assertThat(changed.isStale(NOW + seconds(150))).isFalse();
    assertThat(changed.ageSeconds(NOW + seconds(7))).isEqualTo(7);
  }

  @Test
  void held_isAskedAgainSoonAndServedUntilTheHoldEnds() {
    CacheEntry entry = CacheEntry.held(answer(4, 30), seconds(5), seconds(600), NOW);

    assertThat(entry.isHeld()).isTrue();
    assertThat(entry.kind()).isEqualTo(ReplyKind.POSITIVE);
    assertThat(entry.isFresh(NOW + seconds(5) - 1)).isTrue();
    assertThat(entry.isFresh(NOW + seconds(5))).isFalse();
    assertThat(entry.isServableStale(NOW + seconds(600) - 1)).isTrue();
    assertThat(entry.isServableStale(NOW + seconds(600))).isFalse();
    assertThat(entry.withAnswer(answer(1, 1)).isHeld()).isTrue();
    assertThat(positive(1, 1).isHeld()).isFalse();
  }
}
