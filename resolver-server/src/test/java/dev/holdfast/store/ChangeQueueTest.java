package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

class ChangeQueueTest {

  private final ChangeQueue queue = new ChangeQueue();

  @Test
  void read_severalChanges_givesThemInOrderUpToTheEnd() {
    Change first = change(1, 1);
    CacheKey key = Answers.key("www.example.org");
    CacheEntry entry = Answers.entry(key, 1, /* nowNanos= */ 0);
    queue.offer(first);
    queue.offer(key, entry);
    queue.offer(key, null);
    long end = queue.end();
    queue.offer(change(2, 1));

    assertThat(queue.read(end)).isSameAs(first);
    assertThat(queue.read(end)).isEqualTo(new Change.OfAnswer(key, entry));
    assertThat(queue.read(end)).isEqualTo(new Change.OfAnswer(key, null));
    assertThat(queue.read(end)).isNull();
    assertThat(queue.size()).isEqualTo(4);
    assertThat(queue.free()).isEqualTo(3);
    assertThat(queue.size()).isEqualTo(1);
    assertThat(queue.isFree(end)).isTrue();
  }

  @Test
  void rewind_changesReadButNotFreed_areReadAgain() {
    Change change = change(1, 1);
    queue.offer(change);
    queue.read(queue.end());

    queue.rewind();

    assertThat(queue.isFree(queue.end())).isFalse();
    assertThat(queue.read(queue.end())).isSameAs(change);
  }

  @Test
  void offer_fullQueue_isRefusedUntilOneIsFreed() {
    for (int i = 0; i < ChangeQueue.CAPACITY; i++) {
      assertThat(queue.offer(change(i, 1))).isTrue();
    }
    queue.read(queue.end());

    assertThat(queue.isHalfFull()).isTrue();
    assertThat(queue.offer(change(0, 1))).isFalse();
    queue.free();
    assertThat(queue.offer(change(0, 1))).isTrue();
    assertThat(queue.size()).isEqualTo(ChangeQueue.CAPACITY);
  }

  @Test
  void offer_tooManyBytesNotYetWritten_isRefusedUntilTheyAre() {
    int offered = 0;
    while (offered < 1_000 && queue.offer(change(offered, 60_000))) {
      queue.read(queue.end());
      offered++;
    }

    assertThat(offered).isBetween(500, 600);
    assertThat(queue.isHalfFull()).isTrue();
    queue.free();
    assertThat(queue.isHalfFull()).isFalse();
    assertThat(queue.offer(change(0, 60_000))).isTrue();
  }

  @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
  @Test
  void offer_fourThreads_losesNothingAndKeepsTheOrderOfEach() throws Exception {
    int perThread = 100_000;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      byte thread = (byte) i;
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    for (int number = 0; number < perThread; number++) {
                      while (!queue.offer(change(thread, number))) {
                        Thread.onSpinWait();
                      }
                    }
                  }));
    }
    int[] next = new int[4];
    for (int taken = 0; taken < 4 * perThread; ) {
      if (queue.read(queue.end()) instanceof Change.OfValue change) {
        int thread = change.key()[0];
        assertThat(change.endsAtMillis()).isEqualTo(next[thread]++);
        queue.free();
        taken++;
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(queue.size()).isZero();
  }

  private static Change change(byte thread, int number) {
    return new Change.OfValue(Table.HISTORIES, new byte[] {thread}, null, number);
  }

  private static Change change(int number, int sizeBytes) {
    return new Change.OfValue(Table.HISTORIES, new byte[4], new byte[sizeBytes], number);
  }
}
