package dev.holdfast.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

class RecordRingTest {

  private final RecordRing ring = new RecordRing(256);

  @Test
  void take_nothingPublished_isNone() {
    ring.claim(8);

    assertThat(ring.take()).isEqualTo(RecordRing.NONE);
  }

  @Test
  void take_publishedRecord_isThereUntilReleased() {
    put((byte) 7, 5);

    int place = ring.take();
    assertThat(ring.length(place)).isEqualTo(5);
    assertThat(ring.bytes()[place + 4]).isEqualTo((byte) 7);
    ring.release();
    assertThat(ring.take()).isEqualTo(RecordRing.NONE);
  }

  @Test
  void claim_full_isNoneUntilSomethingIsReleased() {
    int records = 0;
    while (records < 256 && put((byte) records, 20)) {
      records++;
    }

    assertThat(records).isEqualTo(256 / 24);
    ring.take();
    ring.release();
    assertThat(put((byte) 1, 20)).isTrue();
  }

  @Test
  void claim_moreThanHalf_isNone() {
    assertThat(ring.claim(125)).isEqualTo(RecordRing.NONE);
    assertThat(ring.claim(124)).isNotEqualTo(RecordRing.NONE);
  }

  @Test
  void records_ofRandomLengths_comeOutAsTheyWentIn() {
    Random random = new Random(1);
    Deque<byte[]> expected = new ArrayDeque<>();
    for (int i = 0; i < 100_000; i++) {
      byte[] record = new byte[random.nextInt(100)];
      random.nextBytes(record);
      int place = random.nextBoolean() ? ring.claim(record.length) : RecordRing.NONE;
      if (place != RecordRing.NONE) {
        System.arraycopy(record, 0, ring.bytes(), place, record.length);
        ring.publish();
        expected.add(record);
      }
      int taken = random.nextBoolean() ? ring.take() : RecordRing.NONE;
      if (taken != RecordRing.NONE) {
        byte[] first = expected.remove();
        assertThat(ByteBuffer.wrap(ring.bytes(), taken, ring.length(taken)))
            .isEqualTo(ByteBuffer.wrap(first));
        ring.release();
      }
    }
  }

  @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
  @Test
  void records_betweenTwoThreads_arriveWholeAndInOrder() throws InterruptedException {
    int records = 200_000;
    Thread writer =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  for (int i = 0; i < records; ) {
                    int length = 4 + i % 60;
                    int place = ring.claim(length);
                    if (place == RecordRing.NONE) {
                      Thread.onSpinWait();
                      continue;
                    }
                    ByteBuffer.wrap(ring.bytes()).putInt(place, i);
                    ring.publish();
                    i++;
                  }
                });
    for (int i = 0; i < records; ) {
      int place = ring.take();
      if (place == RecordRing.NONE) {
        Thread.onSpinWait();
        continue;
      }
      assertThat(ring.length(place)).isEqualTo(4 + i % 60);
      assertThat(ByteBuffer.wrap(ring.bytes()).getInt(place)).isEqualTo(i);
      ring.release();
      i++;
    }
    writer.join();
  }

  private boolean put(byte value, int length) {
    int place = ring.claim(length);
    if (place == RecordRing.NONE) {
      return false;
    }
    Arrays.fill(ring.bytes(), place, place + length, value);
    ring.publish();
    return true;
  }
}
