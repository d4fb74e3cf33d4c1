package dev.holdfast.threats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes the page of attacks at the end of every test run that had one of their tests: into the
 * build's folder, and with {@code -Dholdfast.write-attacks} into the sources. Found by the runner
 * as a service.
 */
public final class AttackRecorder implements TestExecutionListener {

  /** Set to write the page that is kept. */
  static final String WRITE = "holdfast.write-attacks";

  private static final Path OF_LAST_RUN = Path.of("target/attacks.md");

  private static final String PASSED = "passed";
  private static final String FAILED = "failed";
  private static final String SKIPPED = "skipped";

  /** The ends of earlier plans of this process; a test that runs again has its last one. */
  private static final Map<String, String> EARLIER = new ConcurrentHashMap<>();

  private final Map<String, String> results = new ConcurrentHashMap<>();

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    name(test).ifPresent(name -> results.putIfAbsent(name, SKIPPED));
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    switch (result.getStatus()) {
      case FAILED -> name(test).ifPresent(name -> results.put(name, FAILED));
      case ABORTED -> name(test).ifPresent(name -> results.putIfAbsent(name, SKIPPED));
      case SUCCESSFUL -> {
        if (test.isTest()) {
          name(test)
              .ifPresent(
                  name ->
                      results.merge(name, PASSED, (old, now) -> old.equals(FAILED) ? old : now));
        }
      }
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    EARLIER.putAll(results);
    results.clear();
    if (EARLIER.isEmpty()) {
      return;
    }
    try {
      AttackPage.of(AttackTests.find(), EARLIER).write(OF_LAST_RUN);
      if (System.getProperty(WRITE) != null) {
        Map<String, String> known = new HashMap<>(AttackPage.read(AttackPage.KEPT).results());
        known.putAll(EARLIER);
        AttackPage.of(AttackTests.find(), known).write(AttackPage.KEPT);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns how the page calls a test, if it is one against an attack. */
  private static Optional<String> name(TestIdentifier test) {
    return test.getTags().stream().anyMatch(tag -> tag.getName().equals("attack"))
        ? test.getSource()
            .filter(MethodSource.class::isInstance)
            .map(MethodSource.class::cast)
            .map(source -> AttackTests.name(source.getJavaMethod()))
        : Optional.empty();
  }
}
