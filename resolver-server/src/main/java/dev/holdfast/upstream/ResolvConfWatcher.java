package dev.holdfast.upstream;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every two seconds whether a resolv.conf file names other servers than before. It reads the
 * path anew each time, so that a file may be replaced or be a link; while the file is missing or
 * names no server, what was known stays. Runs on an executor that is no event loop.
 */
public final class ResolvConfWatcher implements AutoCloseable {

  static final long PERIOD_MILLIS = 2000;

  private static final Logger logger = LoggerFactory.getLogger(ResolvConfWatcher.class);

  private final Path file;
  private final Consumer<List<UpstreamSpec>> listener;
  private final ScheduledFuture<?> polling;

  /** As text, which tells scopes of one address apart where {@code equals} does not. */
  private String known;

  private boolean complained;

  /**
   * Starts to look.
   *
   * @param current the servers in use
   * @param listener hears each new list, on the executor
   */
  public ResolvConfWatcher(
      Path file,
      List<UpstreamSpec> current,
      ScheduledExecutorService executor,
      Consumer<List<UpstreamSpec>> listener) {
    this.file = file;
    this.known = current.toString();
    this.listener = listener;
    this.polling =
        executor.scheduleWithFixedDelay(
            this::poll, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Stops looking. */
  @Override
  public void close() {
    polling.cancel(false);
  }

  private void poll() {
    try {
      List<UpstreamSpec> found = ResolvConf.read(file);
      if (found.isEmpty()) {
        complain("it names no server");
      } else {
        complained = false;
        use(found);
      }
    } catch (IOException unreadable) {
      complain(unreadable.toString());
    }
  }

  private void use(List<UpstreamSpec> found) {
    if (found.toString().equals(known)) {
      return;
    }
    known = found.toString();
    logger.info("{} now names {}", file, known);
    try {
      listener.accept(found);
    } catch (RuntimeException unexpected) {
      logger.error("{} could not be taken over", known, unexpected);
    }
  }

  /** Logs once until the file can be used again. */
  private void complain(String reason) {
    if (!complained) {
      complained = true;
      logger.warn("{} is not used, {} stay: {}", file, known, reason);
    }
  }
}
