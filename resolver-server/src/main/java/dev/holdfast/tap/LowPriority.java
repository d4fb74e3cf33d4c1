package dev.holdfast.tap;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lowest priority of Linux's scheduler for one thread: it runs in what others leave. Java's own
 * priorities do nothing there.
 */
final class LowPriority {

  private static final Logger logger = LoggerFactory.getLogger(LowPriority.class);

  /** setpriority(2): {@code who} is a thread, and 0 the calling one. */
  private static final int PRIO_PROCESS = 0;

  private static final int NICEST = 19;

  private LowPriority() {}

  /** Lowers the calling thread, where the machine can do that. */
  static void take() {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> setpriority = linker.defaultLookup().find("setpriority");
    if (setpriority.isEmpty() || !System.getProperty("os.name", "").equals("Linux")) {
      return;
    }
    MethodHandle call =
        linker.downcallHandle(
            setpriority.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    try {
      int result = (int) call.invokeExact(PRIO_PROCESS, 0, NICEST);
      logger.debug("setpriority: {}", result);
    } catch (Throwable e) {
      logger.debug("the query log keeps its priority", e);
    }
  }
}
