package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.FailureMemory.Failure;
import dev.holdfast.wire.Rcode;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FailureCodecTest {

  private static final long WALL_MILLIS = 1_800_000_000_000L;
  private static final long NOW_NANOS = -17;
  private static final Failure FAILURE =
      new Failure(Rcode.REFUSED, 5, NOW_NANOS + TimeUnit.SECONDS.toNanos(16));

  private final byte[] value = FailureCodec.encode(FAILURE, WALL_MILLIS, NOW_NANOS);

  @Test
  void decode_ofEncoded_endsAtTheSameTimeOnAnotherClock() {
    assertThat(FailureCodec.decode(value, WALL_MILLIS + 6000, 0))
        .isEqualTo(new Failure(Rcode.REFUSED, 5, TimeUnit.SECONDS.toNanos(10)));
  }

  @Test
  void decode_pauseOver_stillCountsAsOneInARowForAWhile() {
    long endsAtMillis = FailureCodec.endsAtMillis(FAILURE, WALL_MILLIS, NOW_NANOS);

    assertThat(FailureCodec.decode(value, endsAtMillis - 1, 0)).isNotNull();
    assertThat(FailureCodec.decode(value, endsAtMillis, 0)).isNull();
  }

  @Test
  void decode_fromTheFuture_lastsNoLongerThanAnyFailure() {
    assertThat(FailureCodec.decode(value, 0, 0))
        .isEqualTo(new Failure(Rcode.REFUSED, 5, TimeUnit.SECONDS.toNanos(30)));
  }

  @Test
  void decode_cutAnywhere_isNull() {
    for (int length = 0; length < value.length; length++) {
      assertThat(FailureCodec.decode(Arrays.copyOf(value, length), WALL_MILLIS, 0)).isNull();
    }
  }
}
