package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one handler heard. */
final class Outcome implements ReplyHandler {

  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<byte[]> replies = new ArrayList<>();
  private final List<FailureKind> failures = new ArrayList<>();
  private final Runnable then;
  private int refusals;

  Outcome() {
    this(() -> {});
  }

  /** Runs {@code then} inside the handler when it has ended. */
  Outcome(Runnable then) {
    this.then = then;
  }

  /** Turns down the first {@code count} replies. */
  Outcome refusing(int count) {
    refusals = count;
    return this;
  }

  @Override
  public synchronized boolean replied(byte[] message, int length, long nowNanos) {
    if (refusals-- > 0) {
      return false;
    }
    replies.add(Arrays.copyOf(message, length));
    end();
    return true;
  }

  @Override
  public synchronized void failed(FailureKind kind, long nowNanos) {
    failures.add(kind);
    end();
  }

  private void end() {
    then.run();
    ended.countDown();
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  /** Waits for the reply, the only thing heard. */
  byte[] reply() throws InterruptedException {
    await();
    synchronized (this) {
      assertThat(failures).isEmpty();
      assertThat(replies).hasSize(1);
      return replies.getFirst();
    }
  }

  /** Waits for the failure, the only thing heard. */
  FailureKind failure() throws InterruptedException {
    await();
    synchronized (this) {
      assertThat(replies).isEmpty();
      assertThat(failures).hasSize(1);
      return failures.getFirst();
    }
  }

  private void await() throws InterruptedException {
    assertThat(ended.await(20, TimeUnit.SECONDS)).as("heard anything").isTrue();
  }

  /** The failure so far. */
  synchronized @Nullable FailureKind failureNow() {
    return failures.isEmpty() ? null : failures.getFirst();
  }

  /** Times that either method ended the wait. */
  synchronized int calls() {
    return replies.size() + failures.size();
  }
}
