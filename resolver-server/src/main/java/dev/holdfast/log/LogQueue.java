package dev.holdfast.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import dev.holdfast.metrics.MemoryExhaustion;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * Lines on their way to the console, which may be slow: whoever logs never waits, and no statement
 * writes more than {@value #BURST} lines at once and one a second after that. How many were left
 * out is a line of its own. Thread-safe.
 */
final class LogQueue extends AsyncAppender {

  static final int BURST = 20;
  static final int MAX_LINES = 1024;

  private static final int MAX_STATEMENTS = 1024;
  private static final int MAX_FLUSH_MILLIS = 1000;
  private static final long REPORT_SECONDS = 10;
  private static final String REPORT = "{} lines were left out like: {}";

  private final Map<String, Allowance> allowances = new ConcurrentHashMap<>();

  LogQueue() {
    setName("queue");
    setQueueSize(MAX_LINES);
    setDiscardingThreshold(0);
    setNeverBlock(true);
    setMaxFlushTime(MAX_FLUSH_MILLIS);
  }

  /* Whoever catches everything and goes on says so here, libraries too. */
  @Override
  protected void append(ILoggingEvent event) {
    if (event.getThrowableProxy() instanceof ThrowableProxy thrown) {
      MemoryExhaustion.check(thrown.getThrowable());
    }
    String statement = event.getMessage();
    if (statement.equals(REPORT)) {
      super.append(event);
      return;
    }
    if (allowances.size() > MAX_STATEMENTS) {
      allowances.clear();
    }
    Allowance allowance = allowances.computeIfAbsent(statement, _ -> new Allowance());
    if (getRemainingCapacity() > 0 && allowance.take(event.getTimeStamp())) {
      super.append(event);
    } else if (allowance.leaveOut()) {
      var _ =
          getContext()
              .getScheduledExecutorService()
              .schedule(() -> report(statement, allowance), REPORT_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static void report(String statement, Allowance allowance) {
    LoggerFactory.getLogger(LogQueue.class).warn(REPORT, allowance.leftOut(), statement);
  }

  /** What one statement may still write, and what it could not. */
  private static final class Allowance {

    private double lines = BURST;
    private long filledAtMillis;
    private long leftOut;

    synchronized boolean take(long nowMillis) {
      double seconds = Math.max(0, nowMillis - filledAtMillis) / 1000.0;
      filledAtMillis = nowMillis;
      lines = Math.min(BURST, lines + seconds);
      if (lines < 1) {
        return false;
      }
      lines--;
      return true;
    }

    /** Counts a line that is not written; true if it is the first since the last report. */
    synchronized boolean leaveOut() {
      return leftOut++ == 0;
    }

    synchronized long leftOut() {
      long lines = leftOut;
      leftOut = 0;
      return lines;
    }
  }
}
