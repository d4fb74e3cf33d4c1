package dev.holdfast.admin;

import dev.holdfast.json.Json;
import dev.holdfast.operate.LoopWatch;
import dev.holdfast.operate.Phase;
import dev.holdfast.operate.RouteView;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What supervisors and load balancers ask: is the process alive, and does it take queries? */
public final class ProbeRoutes {

  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private ProbeRoutes() {}

  /** {@code GET /health}: alive, unless a loop does not turn; then a restart helps. */
  public static AdminRoute health(LoopWatch watch, Supplier<Duration> uptime) {
    return AdminRoute.open("/health", request -> health(watch, uptime.get()));
  }

  private static AdminResponse health(LoopWatch watch, Duration uptime) {
    int stuck = watch.stuck();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", stuck == 0 ? "ok" : "stuck");
    body.put(
        "reason",
        stuck == 0
            ? "every event loop turns"
            : stuck
                + " of "
                + watch.loops()
                + " event loops left no sign of life for "
                + LoopWatch.MAX_QUIET_MILLIS
                + " ms");
    body.put("loops", watch.loops());
    body.put("loops_stuck", stuck);
    body.put("longest_quiet_millis", watch.longestQuietMillis());
    body.put("uptime_seconds", uptime.toSeconds());
    return AdminResponse.json(stuck == 0 ? OK : UNAVAILABLE, body);
  }

  /**
   * {@code GET /ready}: takes queries, even while no upstream answers, because it still does; not
   * while it starts or drains.
   */
  public static AdminRoute ready(Supplier<Phase> phase, Supplier<List<RouteView>> routes) {
    return AdminRoute.open("/ready", request -> ready(phase.get(), routes.get()));
  }

  private static AdminResponse ready(Phase phase, List<RouteView> routes) {
    long down = routes.stream().filter(RouteView::down).count();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", phase == Phase.SERVING ? "ready" : Json.key(phase));
    body.put("reason", reason(phase, down, routes.size()));
    body.put("routes", routes.size());
    body.put("routes_down", down);
    return AdminResponse.json(phase == Phase.SERVING ? OK : UNAVAILABLE, body);
  }

  private static String reason(Phase phase, long down, int routes) {
    return switch (phase) {
      case STARTING -> "its sockets are being opened";
      case DRAINING -> "it stops: waiting clients are answered, no more queries are taken";
      case SERVING ->
          down == 0
              ? "queries are answered"
              : "queries are answered from what is known: no upstream answers on "
                  + down
                  + " of "
                  + routes
                  + " routes";
    };
  }
}
