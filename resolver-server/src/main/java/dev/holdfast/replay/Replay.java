package dev.holdfast.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plays scenarios, each against a fresh server, several at a time. Stateless. */
public final class Replay {

  /** Hears how far the replay is, on the threads of the scenarios. */
  public interface Progress {

    void started(Scenario scenario);

    void ended(Scenario scenario, Result result);
  }

  private Replay() {}

  /**
   * Plays the scenarios and returns their results in the order of the scenarios.
   *
   * @param parallel how many are played at a time
   */
  public static List<Result> play(
      List<Scenario> scenarios,
      Pace pace,
      ServerUnderTest.Starter starter,
      int parallel,
      Progress progress)
      throws InterruptedException {
    ReplayFolder.deleteLeftovers();
    try (ExecutorService threads = Executors.newFixedThreadPool(parallel)) {
      List<Future<Result>> running = new ArrayList<>();
      for (Scenario scenario : scenarios) {
        running.add(threads.submit(() -> play(scenario, pace, starter, progress)));
      }
      List<Result> results = new ArrayList<>();
      for (Future<Result> future : running) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a scenario failed: " + e.getCause(), e);
    }
  }

  private static Result play(
      Scenario scenario, Pace pace, ServerUnderTest.Starter starter, Progress progress) {
    progress.started(scenario);
    Result result;
    try {
      result = new ScenarioRun(scenario, pace, starter).play();
    } catch (IOException | UncheckedIOException e) {
      result = Result.notPlayed(scenario, String.valueOf(e.getMessage()));
    }
    progress.ended(scenario, result);
    return result;
  }
}
