package dev.holdfast.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistoriesTest {

  private static final CacheKey KEY =
      CacheKey.of(0, Names.parse("www.example.org"), RecordType.A, false, false);
  private static final int TTL_SECONDS = 300;

  private final AnswerCache answers = new AnswerCache(1 << 20);
  private final Histories histories = new Histories(1 << 20, answers);
  private final List<CacheKey> told = new ArrayList<>();

  HistoriesTest() {
    histories.listen((key, history) -> told.add(key));
  }

  @Test
  void answered_once_isImpliedByTheAnswer() {
    assertThat(answered(at(0))).isNull();

    History history = Objects.requireNonNull(histories.find(KEY));
    assertThat(history.firstSeenNanos()).isEqualTo(at(0));
    assertThat(history.lastPositiveNanos()).isEqualTo(at(0));
    assertThat(history.refreshes()).isZero();
    assertThat(history.recordSets()).hasSize(1);
    assertThat(histories.size()).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void answered_againLongAfterItsEnd_isKnownSinceTheFirstAnswer() {
    answered(at(0));
    long later = at(TTL_SECONDS * 1000L);

    assertThat(answered(later)).isNotNull();

    History history = Objects.requireNonNull(histories.find(KEY));
    assertThat(history.firstSeenNanos()).isEqualTo(at(0));
    assertThat(history.lastPositiveNanos()).isEqualTo(later);
    assertThat(history.refreshes()).isOne();
    assertThat(histories.size()).isOne();
    assertThat(told).containsExactly(KEY);
  }

  @Test
  void answered_notCached_hasItsOwnAtOnce() {
    histories.answered(KEY, Entries.answer(4, 0), /* cached= */ false, at(0));

    assertThat(histories.size()).isOne();
    assertThat(Objects.requireNonNull(histories.find(KEY)).refreshes()).isZero();
  }

  @Test
  void answered_oftenEnoughForAnHour_isOneHistoryAllTheTime() {
    for (int i = 0; i <= 6; i++) {
      answered(at(i * 900L));
      assertThat(Objects.requireNonNull(histories.find(KEY)).refreshes()).isEqualTo(i);
      assertThat(histories.size()).isEqualTo(i == 0 ? 0 : 1);
    }

    assertThat(Objects.requireNonNull(histories.find(KEY)).isSettled()).isTrue();
    histories.release(KEY);
    assertThat(Objects.requireNonNull(histories.find(KEY)).released()).isTrue();
    histories.vanished(KEY, Objects.requireNonNull(histories.find(KEY)), at(6_000));
    assertThat(histories.keys((key, history) -> history.vanished())).containsExactly(KEY);
    histories.forget(KEY);
    assertThat(histories.find(KEY)).isNull();
    assertThat(histories.evictions()).isZero();
  }

  @Test
  void recall_settledOrYoung_isFound() {
    for (int hours = 0; hours < 2; hours++) {
      History history =
          new History(
              at(0), at(hours * 3_600L), 3, List.of(Entries.answer(4, 300)), 0, false, false);
      CacheKey key = CacheKey.of(hours, KEY.qname(), RecordType.A, false, false);
      histories.recall(key, history);

      assertThat(histories.find(key)).isSameAs(history);
      assertThat(history.isSettled()).isEqualTo(hours == 1);
    }
    assertThat(histories.size()).isEqualTo(2);
  }

  @Test
  void keep_answeredOnce_outlivesTheAnswer() {
    answered(at(0));

    histories.keep(KEY);
    answers.put(KEY, new CacheEntry(Entries.answer(4, 30), ReplyKind.NODATA, 30, 0, at(60)));
    answered(at(120));

    History history = Objects.requireNonNull(histories.find(KEY));
    assertThat(history.firstSeenNanos()).isEqualTo(at(0));
    assertThat(history.refreshes()).isOne();
  }

  @Test
  void vanished_answeredOnce_keepsWhenItWasSeen() {
    answered(at(0));

    History gone =
        histories.vanished(KEY, Objects.requireNonNull(histories.find(KEY)), at(TTL_SECONDS));

    assertThat(gone.firstSeenNanos()).isEqualTo(at(0));
    assertThat(gone.vanishedAtNanos()).isEqualTo(at(TTL_SECONDS));
    assertThat(histories.size()).isOne();
  }

  @Test
  void forget_answerStillCached_impliesNothing() {
    answered(at(0));

    histories.forget(KEY);

    assertThat(histories.find(KEY)).isNull();
    assertThat(answered(at(10))).isNull();
    assertThat(Objects.requireNonNull(histories.find(KEY)).firstSeenNanos()).isEqualTo(at(10));
  }

  @Test
  void find_negativeOrHeldAnswer_isNothing() {
    answers.put(KEY, new CacheEntry(Entries.answer(4, 30), ReplyKind.NXDOMAIN, 30, 0, at(0)));
    assertThat(histories.find(KEY)).isNull();

    answers.put(KEY, CacheEntry.held(Entries.answer(4, 30), 1, 1, at(0)));
    assertThat(histories.find(KEY)).isNull();
  }

  private @Nullable History answered(long nowNanos) {
    Answer answer = Entries.answer(4, TTL_SECONDS);
    History before = histories.answered(KEY, answer, /* cached= */ true, nowNanos);
    answers.put(KEY, new CacheEntry(answer, ReplyKind.POSITIVE, TTL_SECONDS, 0, nowNanos));
    return before;
  }

  /* The clock wraps within an hour. */
  private static long at(long seconds) {
    return Long.MAX_VALUE - 3_600_000_000_000L + seconds * 1_000_000_000L;
  }
}
