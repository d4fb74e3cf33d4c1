package dev.holdfast.replay;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.LoggerFactory;

/**
 * Every scenario of the replay in a shorter form, on real sockets, several at a time. Demands are
 * about behaviour and counts; how long answers take is left to the replay itself.
 */
class OutageTest {

  /** Shorter phases, and clients with so much patience that a busy machine makes no difference. */
  private static final Pace PACE = new Pace(1, 3000, 3, 500, 60_000, 6000, 8000);

  private static final int PARALLEL = 9;

  /** A busy machine makes upstreams look slow, so that more of them are asked. */
  private static final double UPSTREAM_ALLOWANCE = 2;

  private static final Map<String, Future<Result>> RESULTS = new HashMap<>();
  private static final ExecutorService THREADS = Executors.newFixedThreadPool(PARALLEL);

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.holdfast");
  private static final @Nullable Level LEVEL_BEFORE = LOGGER.getLevel();

  @BeforeAll
  static void play() {
    LOGGER.setLevel(Level.ERROR);
    List<Scenario> slowestFirst = new ArrayList<>(Scenarios.all());
    slowestFirst.sort((one, other) -> Long.compare(patience(other), patience(one)));
    HoldfastServers servers = new HoldfastServers(List.of());
    for (Scenario scenario : slowestFirst) {
      RESULTS.put(
          scenario.name(), THREADS.submit(() -> new ScenarioRun(scenario, PACE, servers).play()));
    }
  }

  @AfterAll
  static void stop() {
    THREADS.shutdownNow();
    LOGGER.setLevel(LEVEL_BEFORE);
  }

  @TestFactory
  Stream<DynamicTest> outage_everyScenario_behavesAsDemanded() {
    return Scenarios.all().stream()
        .map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> check(scenario)));
  }

  private static void check(Scenario scenario) throws Exception {
    Result result = Objects.requireNonNull(RESULTS.get(scenario.name())).get();
    assertThat(result.problem()).isEmpty();
    for (Bar bar : scenario.bars()) {
      if (bar.measure() == Measure.UPSTREAM_RATIO) {
        bar = new Bar(bar.measure(), bar.limit() * UPSTREAM_ALLOWANCE);
      }
      if (!bar.measure().timed()) {
        assertThat(bar.isMet(result)).as(bar.describe(result)).isTrue();
      }
    }
    assertThat(result.freshAfterSeconds()).as("seconds until all is fresh").isFinite();
  }

  private static long patience(Scenario scenario) {
    return scenario.bars().stream()
        .filter(bar -> bar.measure() == Measure.FRESH_AFTER)
        .mapToLong(bar -> (long) (bar.limit() * 1000) + scenario.lengthMillis())
        .max()
        .orElse(0);
  }
}
