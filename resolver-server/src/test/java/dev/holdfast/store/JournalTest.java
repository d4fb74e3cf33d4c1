package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.ReplyKind;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class JournalTest extends JournalTests {

  @Test
  void load_answersOfAnEarlierProcess_bringsThemBackWithTheirTimes() throws Exception {
    fixture.learn(WWW, 1);
    fixture.advance(Duration.ofSeconds(10));
    fixture.learn(API, 2);
    fixture.journal.turn();
    fixture.advance(Duration.ofSeconds(100));
    fixture.crash();

    Map<CacheKey, CacheEntry> entries = fixture.loadEntries();

    assertThat(entries).containsOnlyKeys(WWW, API);
    assertThat(Answers.number(WWW, get(entries, WWW))).isEqualTo(1);
    assertThat(get(entries, WWW).ageSeconds(fixture.nanos)).isEqualTo(110);
    assertThat(get(entries, API).ageSeconds(fixture.nanos)).isEqualTo(100);
    assertThat(get(entries, API).ttlSeconds()).isEqualTo(Answers.TTL_SECONDS);
    assertThat(get(entries, API).staleNanos()).isEqualTo(Answers.STALE.toNanos());
    assertThat(fixture.count(Counter.JOURNAL_LOADED)).isEqualTo(2);
  }

  @Test
  void load_sameKeyWrittenOften_bringsBackTheLast() throws Exception {
    for (int i = 0; i < 10; i++) {
      fixture.learn(WWW, i);
      fixture.journal.turn();
    }
    fixture.crash();
    fixture.learn(WWW, 10);
    fixture.learn(WWW, 11);
    fixture.restart();

    assertThat(fixture.load()).containsExactly(Map.entry(WWW, 11));
  }

  @Test
  void turn_sameKeyOfferedOften_writesAllInTheirOrder() throws Exception {
    fixture.learn(API, 1);
    for (int i = 0; i < 1000; i++) {
      fixture.learn(WWW, i);
    }
    fixture.restart();

    assertThat(fixture.load()).containsOnly(Map.entry(API, 1), Map.entry(WWW, 999));
  }

  @Test
  void load_negativeAnswer_isFreshOrGoneButNeverStale() throws Exception {
    fixture.journal.offer(WWW, Answers.negative(WWW, 60, fixture.nanos));
    fixture.journal.offer(API, Answers.negative(API, 30, fixture.nanos));
    fixture.journal.turn();
    fixture.advance(Duration.ofSeconds(31));
    fixture.crash();

    Map<CacheKey, CacheEntry> entries = fixture.loadEntries();

    assertThat(entries).containsOnlyKeys(WWW);
    assertThat(get(entries, WWW).kind()).isEqualTo(ReplyKind.NXDOMAIN);
  }

  @Test
  void load_expiredNegativeAfterPositive_bringsBackNeither() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    fixture.journal.offer(WWW, Answers.negative(WWW, 60, fixture.nanos));
    fixture.journal.turn();
    fixture.advance(Duration.ofHours(2));
    for (int i = 0; i < 5; i++) {
      fixture.crash();
      assertThat(fixture.load()).isEmpty();
      fixture.journal.turn();
    }
  }

  @Test
  void offer_heldAnswer_isNotKept() throws Exception {
    fixture.learn(WWW, 1);
    CacheEntry held =
        CacheEntry.held(Answers.answer(WWW, 1), 5_000_000_000L, 50_000_000_000L, fixture.nanos);

    assertThat(fixture.journal.offer(WWW, held)).isFalse();
    fixture.restart();

    assertThat(get(fixture.loadEntries(), WWW).isHeld()).isFalse();
  }

  @Test
  void load_whatTheCacheLearntMeanwhile_isNotOverwritten() throws Exception {
    fixture.learn(WWW, 1);
    fixture.restart();
    AnswerCache cache = new AnswerCache(1 << 20);
    CacheEntry newer = Answers.entry(WWW, 2, fixture.nanos);
    cache.put(WWW, newer);

    fixture.journal.load(Answers.STALE, cache::putIfAbsent);

    assertThat(cache.lookup(WWW)).isSameAs(newer);
  }

  @Test
  void load_whatWasWrittenMeanwhile_comesOnceAndNew() throws Exception {
    fixture.learn(WWW, 1);
    fixture.restart();
    fixture.learn(WWW, 2);
    fixture.journal.turn();

    assertThat(fixture.load()).containsExactly(Map.entry(WWW, 2));
  }

  @Test
  void load_whileLoading_isRefused() {
    fixture.learn(WWW, 1);
    fixture.journal.turn();

    fixture.journal.load(
        Answers.STALE,
        (key, entry) ->
            assertThatThrownBy(() -> fixture.load()).isInstanceOf(IllegalStateException.class));
    assertThat(fixture.load()).containsOnlyKeys(WWW);
  }

  @Test
  void offer_fullQueue_isDroppedAndCounted() {
    int kept = 0;
    while (fixture.journal.offer(API, Answers.entry(API, kept, fixture.nanos))) {
      kept++;
    }
    fixture.advance(Duration.ofMillis(1500));

    assertThat(fixture.journal.lagChanges()).isEqualTo(kept).isPositive();
    assertThat(fixture.journal.lagMillis()).isEqualTo(1500);
    fixture.journal.turn();
    assertThat(fixture.count(Counter.JOURNAL_DROPPED)).isEqualTo(1);
    assertThat(fixture.journal.lagChanges()).isZero();
    assertThat(fixture.journal.lagMillis()).isZero();
    fixture.learn(API, 1);
  }

  @Test
  void turn_changeThatEndsInAnError_isDroppedAndTheNextAreWritten() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    fixture.journal.flush(
        key -> {
          throw new IllegalStateException("meant to");
        });
    fixture.journal.turn();

    assertThat(fixture.count(Counter.JOURNAL_WRITE_FAILURES)).isEqualTo(1);
    assertThat(fixture.count(Counter.JOURNAL_DROPPED)).isEqualTo(1);
    fixture.learn(API, 2);
    fixture.restart();
    assertThat(fixture.load()).containsOnly(Map.entry(WWW, 1), Map.entry(API, 2));
  }

  private static CacheEntry get(Map<CacheKey, CacheEntry> entries, CacheKey key) {
    return Objects.requireNonNull(entries.get(key));
  }
}
