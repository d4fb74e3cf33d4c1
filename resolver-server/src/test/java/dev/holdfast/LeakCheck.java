package dev.holdfast;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Ends every run of tests as failed in which a Netty buffer was collected that nobody had released:
 * each one is followed, that of TCP, HTTP, upstreams and the portable datagrams. The batched
 * front's memory is no such buffer: it lives as long as its loop. Found by the runner as a service.
 * Thread-safe.
 */
public final class LeakCheck implements LauncherSessionListener {

  private static final int COLLECTIONS = 3;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new ResourceLeakDetectorFactory() {
          @Override
          @SuppressWarnings("deprecation") // the only one that has to be written
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval, long maxActive) {
            return new Recorder<>(resource, samplingInterval);
          }
        });
  }

  /* The runner takes what is thrown here for a failure of its own, and so does the build. */
  @Override
  public void launcherSessionClosed(LauncherSession session) {
    List<String> leaks = leaks();
    if (!leaks.isEmpty()) {
      throw new AssertionError("leaked, not released:\n" + String.join("\n", leaks));
    }
  }

  /** Returns where each leaked buffer was used, after whatever nobody holds was collected. */
  static List<String> leaks() {
    // A leak is told when the next buffer is taken after its collection.
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      LockSupport.parkNanos(PAUSE_NANOS); // references are queued by another thread
      ByteBuf next = PooledByteBufAllocator.DEFAULT.heapBuffer();
      next.release();
    }
    return List.copyOf(LEAKS);
  }

  /** Forgets those that were leaked on purpose, with this hint. */
  static void forget(String hint) {
    LEAKS.removeIf(leak -> leak.contains(hint));
  }

  /** For tests that measure what is allocated: the traces of buffers would count. */
  public static final class Off implements BeforeAllCallback, AfterAllCallback {

    private Level before = ResourceLeakDetector.getLevel();

    @Override
    public void beforeAll(ExtensionContext context) {
      before = ResourceLeakDetector.getLevel();
      ResourceLeakDetector.setLevel(Level.DISABLED);
    }

    @Override
    public void afterAll(ExtensionContext context) {
      ResourceLeakDetector.setLevel(before);
    }
  }

  /** Keeps what it is told beside logging it. */
  private static final class Recorder<T> extends ResourceLeakDetector<T> {

    Recorder(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resource, String records) {
      LEAKS.add(resource + records);
    }

    @Override
    protected void reportUntracedLeak(String resource) {
      LEAKS.add(resource);
    }
  }
}
