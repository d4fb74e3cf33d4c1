package dev.holdfast.metrics;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The errors of this server that a query or a reply ran into: each is counted, each distinct kind
 * is logged once. Confined to one event loop.
 */
public final class UnexpectedFailures {

  private static final Logger logger = LoggerFactory.getLogger(UnexpectedFailures.class);
  private static final int MAX_KINDS = 64;

  private final LoopCounters counters;
  private final Set<String> kinds = new HashSet<>();

  public UnexpectedFailures(LoopCounters counters) {
    this.counters = counters;
  }

  /**
   * Counts {@code failure}, and logs it if it is the first of its kind; an exhausted heap ends the
   * process.
   */
  public void record(Throwable failure) {
    MemoryExhaustion.check(failure);
    counters.increment(Counter.UNEXPECTED_FAILURES);
    if (kinds.size() < MAX_KINDS && kinds.add(kind(failure))) {
      logger.error("unexpected failure, further ones of this kind are only counted", failure);
    }
  }

  private static String kind(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return failure.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
  }
}
