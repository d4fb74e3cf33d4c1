package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

class ChangeQueueTest {

  private final ChangeQueue queue = new ChangeQueue();

  @Test
  void poll_severalChanges_givesThemInOrder() {
    Change first = change(1, 1);
    Change second = change(2, 1);
    queue.offer(first);
    queue.offer(second);

    assertThat(queue.peek()).isSameAs(first);
    assertThat(queue.size()).isEqualTo(2);
    assertThat(queue.poll()).isSameAs(first);
    assertThat(queue.poll()).isSameAs(second);
    assertThat(queue.poll()).isNull();
    assertThat(queue.peek()).isNull();
  }

  @Test
  void offer_fullQueue_isRefusedUntilOneIsTaken() {
    for (int i = 0; i < ChangeQueue.CAPACITY; i++) {
      assertThat(queue.offer(change(i, 1))).isTrue();
    }

    assertThat(queue.offer(change(0, 1))).isFalse();
    queue.poll();
    assertThat(queue.offer(change(0, 1))).isTrue();
    assertThat(queue.size()).isEqualTo(ChangeQueue.CAPACITY);
  }

  @Test
  void offer_tooManyBytesNotYetWritten_isRefusedUntilTheyAre() {
    List<Change> taken = new ArrayList<>();
    while (taken.size() < 1_000 && queue.offer(change(taken.size(), 60_000))) {
      taken.add(queue.poll());
    }

    assertThat(taken.size()).isBetween(500, 600);
    queue.release(taken.getFirst());
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
      if (queue.poll() instanceof Change.OfValue change) {
        int thread = change.key().bytes()[0];
        assertThat(change.offeredAtNanos()).isEqualTo(next[thread]++);
        queue.release(change);
        taken++;
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(queue.size()).isZero();
  }

  private static Change change(byte thread, int number) {
    return new Change.OfValue(
        new Change.ValueKey(Table.HISTORIES, new byte[] {thread}), null, 0, number);
  }

  private static Change change(int number, int sizeBytes) {
    return new Change.OfValue(
        new Change.ValueKey(Table.HISTORIES, new byte[4]), new byte[sizeBytes], 0, number);
  }
}
