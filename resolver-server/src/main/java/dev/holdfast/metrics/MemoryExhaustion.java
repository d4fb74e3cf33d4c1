package dev.holdfast.metrics;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a process whose heap is used up: without memory it answers nobody, and its supervisor
 * starts another. The launcher has the Java machine do this by itself ({@code
 * -XX:+ExitOnOutOfMemoryError}); here it is done for whoever runs the jars without it. Direct
 * memory does not count: whose connection found none has lost it, and the rest goes on.
 * Thread-safe.
 */
public final class MemoryExhaustion {

  /** How the Java machine ends by itself then. */
  public static final int STATUS = 3;

  private static final Logger logger = LoggerFactory.getLogger(MemoryExhaustion.class);

  private static final String DIRECT_MEMORY = "Cannot reserve";
  private static final int MAX_CAUSES = 8;

  /* Made while there is memory. */
  private static final FileOutputStream CONSOLE = new FileOutputStream(FileDescriptor.err);
  private static final byte[] ADVICE =
      ("holdfast: out of memory, so it ends. Give it more (-Xmx),"
              + " or let it keep less (cache.max-size, local.max-entries).\n")
          .getBytes(StandardCharsets.UTF_8);

  private MemoryExhaustion() {}

  /** Ends the process as well when a thread dies of it; other deaths of threads are logged. */
  public static void watchThreads() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          check(failure);
          logger.error("thread {} ended", thread.getName(), failure);
        });
  }

  /** Ends the process if this is, or comes from, an exhausted heap. */
  public static void check(Throwable failure) {
    if (isExhaustion(failure)) {
      end();
    }
  }

  static boolean isExhaustion(Throwable failure) {
    Throwable each = failure;
    for (int i = 0; i < MAX_CAUSES && each != null; i++) {
      if (each.getClass() == OutOfMemoryError.class
          && !String.valueOf(each.getMessage()).startsWith(DIRECT_MEMORY)) {
        return true;
      }
      each = each.getCause();
    }
    return false;
  }

  private static void end() {
    try {
      CONSOLE.write(ADVICE);
    } catch (IOException e) {
      // Nobody is there to be told.
    } finally {
      Runtime.getRuntime().halt(STATUS); // Ending in order would take memory.
    }
  }
}
