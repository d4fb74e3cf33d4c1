package dev.holdfast.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.wire.Answer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HistoryCodecTest {

  private static final long WALL_MILLIS = 1_800_000_000_000L;
  private static final long NOW_NANOS = TimeUnit.DAYS.toNanos(3);
  private static final CacheKey KEY = Answers.key("api.example.org");

  private final HistoryCodec codec = new HistoryCodec();

  @Test
  void decode_ofEncoded_hasTheSameTimesOnAnotherClock() {
    History history = history(/* vanished= */ true);
    byte[] value = HistoryCodec.encode(history, WALL_MILLIS, NOW_NANOS);

    // An hour later by the wall clock, in a process whose own clock stands elsewhere.
    long laterWall = WALL_MILLIS + TimeUnit.HOURS.toMillis(1);
    History decoded = requireNonNull(codec.decode(KEY, value, laterWall, -5));

    assertThat(-5 - decoded.firstSeenNanos()).isEqualTo(TimeUnit.HOURS.toNanos(49));
    assertThat(-5 - decoded.lastPositiveNanos()).isEqualTo(TimeUnit.HOURS.toNanos(2));
    assertThat(-5 - decoded.vanishedAtNanos()).isEqualTo(TimeUnit.MINUTES.toNanos(90));
    assertThat(decoded.vanished()).isTrue();
    assertThat(decoded.refreshes()).isEqualTo(7);
    assertThat(decoded.recordSets()).hasSize(2);
    assertThat(decoded.lastGood().hasSameRecords(history.lastGood())).isTrue();
  }

  @Test
  void decode_fromTheFuture_isNow() {
    byte[] value = HistoryCodec.encode(history(false), WALL_MILLIS, NOW_NANOS);

    History decoded = requireNonNull(codec.decode(KEY, value, 0, NOW_NANOS));

    assertThat(decoded.firstSeenNanos()).isEqualTo(NOW_NANOS);
    assertThat(decoded.vanished()).isFalse();
  }

  @Test
  void decode_cutAnywhere_isNull() {
    byte[] value = HistoryCodec.encode(history(true), WALL_MILLIS, NOW_NANOS);
    for (int length = 0; length < value.length; length++) {
      assertThat(codec.decode(KEY, Arrays.copyOf(value, length), WALL_MILLIS, NOW_NANOS)).isNull();
    }
  }

  private static History history(boolean vanished) {
    List<Answer> sets = List.of(Answers.answer(KEY, 1), Answers.answer(KEY, 2));
    return new History(
        NOW_NANOS - TimeUnit.HOURS.toNanos(48),
        NOW_NANOS - TimeUnit.HOURS.toNanos(1),
        7,
        sets,
        vanished ? NOW_NANOS - TimeUnit.MINUTES.toNanos(30) : 0,
        vanished,
        /* released= */ false);
  }
}
