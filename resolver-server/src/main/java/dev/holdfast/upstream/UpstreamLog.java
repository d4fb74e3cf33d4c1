package dev.holdfast.upstream;

import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operators of upstreams that are down or back, a few times a minute each: one that keeps
 * changing is said to, and then only counted. Confined to one event loop.
 */
final class UpstreamLog {

  private static final Logger logger = LoggerFactory.getLogger(UpstreamLog.class);

  private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Lines about one upstream in a window; another one says that it is flapping. */
  private static final int MAX_LINES = 4;

  private final Map<Upstream, Window> windows = new WeakHashMap<>();

  private static final class Window {

    private final long startedAtNanos;
    private int changes;

    Window(long startedAtNanos) {
      this.startedAtNanos = startedAtNanos;
    }
  }

  void down(Upstream upstream, String why, long nowNanos) {
    if (mayLog(upstream, nowNanos)) {
      logger
          .atWarn()
          .addKeyValue("event", "upstream-down")
          .addKeyValue("upstream", upstream)
          .addKeyValue("why", why)
          .log("upstream {} is down: {}; asking it again until it is back", upstream, why);
    }
  }

  void back(Upstream upstream, long nowNanos) {
    if (mayLog(upstream, nowNanos)) {
      logger
          .atInfo()
          .addKeyValue("event", "upstream-back")
          .addKeyValue("upstream", upstream)
          .log("upstream {} is back", upstream);
    }
  }

  private boolean mayLog(Upstream upstream, long nowNanos) {
    Window window = windows.get(upstream);
    if (window == null || nowNanos - window.startedAtNanos >= WINDOW_NANOS) {
      window = new Window(nowNanos);
      windows.put(upstream, window);
    }
    window.changes++;
    if (window.changes == MAX_LINES + 1) {
      logger.warn("upstream {} is flapping; the changes of this minute are only counted", upstream);
    }
    return window.changes <= MAX_LINES;
  }
}
