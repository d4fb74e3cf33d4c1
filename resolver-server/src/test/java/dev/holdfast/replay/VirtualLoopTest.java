package dev.holdfast.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class VirtualLoopTest {

  private final VirtualLoop loop = new VirtualLoop();
  private final List<String> ran = new ArrayList<>();

  @Test
  void execute_runsOnlyWhenTheLoopRuns() {
    loop.execute(() -> ran.add("a"));

    assertThat(ran).isEmpty();
    assertThat(loop.runDue()).isEqualTo(1);
    assertThat(ran).containsExactly("a");
  }

  @Test
  void runDue_tasksOfOneInstant_runInTheOrderGiven() {
    loop.execute(
        () -> {
          ran.add("a");
          loop.execute(() -> ran.add("c"));
        });
    var _ = loop.schedule(() -> ran.add("b"), 0, TimeUnit.NANOSECONDS);

    loop.runDue();

    assertThat(ran).containsExactly("a", "b", "c");
  }

  @Test
  void advance_severalDueTimes_runsByDueTimeAndShowsEachItsOwnTime() {
    var _ =
        loop.schedule(
            () -> ran.add("late at " + loop.elapsed().toMillis()), 30, TimeUnit.MILLISECONDS);
    var _ =
        loop.schedule(
            () -> {
              ran.add("early at " + loop.elapsed().toMillis());
              var _ =
                  loop.schedule(
                      () -> ran.add("nested at " + loop.elapsed().toMillis()),
                      5,
                      TimeUnit.MILLISECONDS);
            },
            10,
            TimeUnit.MILLISECONDS);
    var _ = loop.schedule(() -> ran.add("never"), 31, TimeUnit.MILLISECONDS);

    loop.advance(Duration.ofMillis(30));

    assertThat(ran).containsExactly("early at 10", "nested at 15", "late at 30");
    assertThat(loop.elapsed()).isEqualTo(Duration.ofMillis(30));
    assertThat(loop.waitingTasks()).isEqualTo(1);
  }

  @Test
  void advance_acrossTheWrapOfTheClock_keepsTheOrder() {
    VirtualLoop wrapping = new VirtualLoop(Long.MAX_VALUE - 5);
    var _ = wrapping.schedule(() -> ran.add("after"), 10, TimeUnit.NANOSECONDS);
    var _ = wrapping.schedule(() -> ran.add("before"), 3, TimeUnit.NANOSECONDS);

    wrapping.advance(Duration.ofNanos(20));

    assertThat(ran).containsExactly("before", "after");
    assertThat(wrapping.nowNanos()).isEqualTo(Long.MIN_VALUE + 14);
  }

  @Test
  void advance_negative_isRefused() {
    assertThatThrownBy(() -> loop.advance(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> loop.advanceTo(loop.nowNanos() - 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void advanceToNext_movesToTheDueTimeOfTheNextTask() {
    var _ = loop.schedule(() -> ran.add("a"), 7, TimeUnit.SECONDS);

    assertThat(loop.advanceToNext()).isTrue();
    assertThat(ran).containsExactly("a");
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(7));
    assertThat(loop.advanceToNext()).isFalse();
  }

  @Test
  void cancel_beforeItIsDue_takesTheTaskOut() {
    ScheduledFuture<?> future = loop.schedule(() -> ran.add("a"), 1, TimeUnit.SECONDS);

    assertThat(future.cancel(false)).isTrue();
    assertThat(loop.waitingTasks()).isZero();
    loop.advance(Duration.ofSeconds(2));

    assertThat(ran).isEmpty();
    assertThat(future.isCancelled()).isTrue();
    assertThat(future.cancel(false)).isFalse();
  }

  @Test
  void getDelay_countsDownWithTheClock() {
    ScheduledFuture<?> future = loop.schedule(() -> ran.add("a"), 10, TimeUnit.SECONDS);

    loop.advance(Duration.ofSeconds(4));

    assertThat(future.getDelay(TimeUnit.SECONDS)).isEqualTo(6);
  }

  @Test
  void scheduleAtFixedRate_runsEachPeriodUntilCancelled() {
    ScheduledFuture<?> future =
        loop.scheduleAtFixedRate(
            () -> ran.add("at " + loop.elapsed().toSeconds()), 1, 2, TimeUnit.SECONDS);

    loop.advance(Duration.ofSeconds(5));
    future.cancel(false);
    loop.advance(Duration.ofSeconds(5));

    assertThat(ran).containsExactly("at 1", "at 3", "at 5");
    assertThat(loop.waitingTasks()).isZero();
  }

  @Test
  void scheduleWithFixedDelay_cancelledByItself_stops() {
    List<ScheduledFuture<?>> future = new ArrayList<>();
    future.add(
        loop.scheduleWithFixedDelay(
            () -> {
              ran.add("a");
              if (ran.size() == 2) {
                future.getFirst().cancel(false);
              }
            },
            0,
            1,
            TimeUnit.SECONDS));

    loop.advance(Duration.ofSeconds(9));

    assertThat(ran).hasSize(2);
    assertThat(loop.waitingTasks()).isZero();
  }

  @Test
  void scheduleAtFixedRate_taskThrows_throwsAndStops() {
    var _ =
        loop.scheduleAtFixedRate(
            () -> {
              ran.add("a");
              throw new IllegalArgumentException("broken");
            },
            1,
            1,
            TimeUnit.SECONDS);

    assertThatThrownBy(() -> loop.advance(Duration.ofSeconds(3))).hasMessage("broken");
    loop.advance(Duration.ofSeconds(3));

    assertThat(ran).hasSize(1);
  }

  @Test
  void execute_taskThrows_throwsFromTheCallThatRanIt() {
    loop.execute(
        () -> {
          throw new IllegalArgumentException("broken");
        });
    loop.execute(() -> ran.add("next"));

    assertThatThrownBy(loop::runDue).hasMessage("broken");
    loop.runDue();

    assertThat(ran).containsExactly("next");
  }

  @Test
  void schedule_callableThrowsChecked_isWrapped() {
    var _ =
        loop.schedule(
            () -> {
              throw new Exception("broken");
            },
            1,
            TimeUnit.SECONDS);

    assertThatThrownBy(() -> loop.advance(Duration.ofSeconds(1)))
        .isInstanceOf(IllegalStateException.class)
        .cause()
        .hasMessage("broken");
  }

  @Test
  void submit_taskThrows_keepsItInTheFuture() throws Exception {
    Future<String> good = loop.submit(() -> "done");
    Future<?> bad =
        loop.submit(
            () -> {
              throw new IllegalArgumentException("broken");
            });

    loop.runDue();

    assertThat(good.get()).isEqualTo("done");
    assertThat(bad.state()).isEqualTo(Future.State.FAILED);
  }

  @Test
  void runDue_tasksThatNeverRest_areStopped() {
    loop.execute(
        new Runnable() {
          @Override
          public void run() {
            loop.execute(this);
          }
        });

    assertThatThrownBy(loop::runDue).hasMessageContaining("no rest in sight");
  }

  @Test
  void shutdown_refusesNewTasksAndRunsThoseThatWait() {
    var _ = loop.schedule(() -> ran.add("a"), 1, TimeUnit.SECONDS);
    var _ = loop.scheduleAtFixedRate(() -> ran.add("again"), 1, 1, TimeUnit.SECONDS);

    loop.shutdown();

    assertThatThrownBy(() -> loop.execute(() -> ran.add("b")))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(loop.isTerminated()).isFalse();
    assertThat(loop.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).containsExactly("a");
  }

  @Test
  void shutdownNow_returnsWhatWaited() {
    var _ = loop.schedule(() -> ran.add("a"), 1, TimeUnit.SECONDS);

    assertThat(loop.shutdownNow()).hasSize(1);
    assertThat(loop.isTerminated()).isTrue();
  }
}
