package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimeoutsTest {

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<Integer> timedOut = new ArrayList<>();
  private long nowMillis;
  private final Timeouts timeouts = new Timeouts(channel.eventLoop(), this::nowNanos);

  @BeforeEach
  void freeze() {
    channel.freezeTime();
  }

  @AfterEach
  void close() {
    var _ = channel.close();
  }

  @Test
  void start_inAnyOrder_runOutInOrder() {
    start(30);
    start(10);
    start(20);
    start(20);

    advance(9);
    assertThat(timedOut).isEmpty();
    advance(1);
    assertThat(timedOut).containsExactly(10);
    advance(100);
    assertThat(timedOut).containsExactly(10, 20, 20, 30);
  }

  @Test
  void stop_first_othersRunOutInTime() {
    Timeouts.Timeout first = start(10);
    start(20);
    first.stopTime();
    first.stopTime();

    advance(19);
    assertThat(timedOut).isEmpty();
    advance(1);
    assertThat(timedOut).containsExactly(20);
  }

  @Test
  void startAndStop_thousandsAtRandom_restRunsOutInOrder() {
    Random random = new Random(1);
    List<Timeouts.Timeout> running = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      int millis = 1 + random.nextInt(1_000);
      running.add(start(millis));
      expected.add(millis);
      if (random.nextInt(3) == 0) {
        int stopped = random.nextInt(running.size());
        running.remove(stopped).stopTime();
        expected.remove(/* index */ stopped);
      }
    }

    advance(500);
    assertThat(timedOut).allMatch(millis -> millis <= 500);
    advance(500);

    expected.sort(null);
    assertThat(timedOut).isEqualTo(expected);
  }

  @Test
  void start_againWhenItRanOut_runsOutAgain() {
    Timeouts.Timeout timeout = start(10);
    advance(10);
    timeouts.start(timeout, nowNanos(), nanos(5));

    advance(5);
    assertThat(timedOut).containsExactly(10, 10);
  }

  @Test
  void timedOut_throws_othersRunOutAllTheSame() {
    Timeouts.Timeout broken =
        new Timeouts.Timeout() {
          @Override
          protected void timedOut() {
            throw new IllegalStateException("a bug");
          }
        };
    timeouts.start(broken, nowNanos(), nanos(10));
    start(10);
    start(20);

    advance(10);
    advance(10);
    assertThat(timedOut).containsExactly(10, 20);
  }

  private Timeouts.Timeout start(int millis) {
    Timeouts.Timeout timeout =
        new Timeouts.Timeout() {
          @Override
          protected void timedOut() {
            timedOut.add(millis);
          }
        };
    timeouts.start(timeout, nowNanos(), nanos(millis));
    return timeout;
  }

  private void advance(long millis) {
    nowMillis += millis;
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  private long nowNanos() {
    return nanos(nowMillis);
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
