package dev.holdfast;

import dev.holdfast.admin.AdminRoute;
import dev.holdfast.admin.AdminRoutes;
import dev.holdfast.admin.AdminServer;
import dev.holdfast.admin.ControlRoutes;
import dev.holdfast.admin.LiveRoute;
import dev.holdfast.admin.PageRoutes;
import dev.holdfast.admin.ProbeRoutes;
import dev.holdfast.admin.StatusJson;
import dev.holdfast.admin.Token;
import dev.holdfast.admin.ViewRoutes;
import dev.holdfast.config.EffectiveConfig;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.listener.ListenerLoop;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.LatencyWindow;
import dev.holdfast.operate.LoopWatch;
import dev.holdfast.operate.Operator;
import dev.holdfast.operate.Phase;
import dev.holdfast.operate.StatusReader;
import dev.holdfast.scrape.Scrape;
import dev.holdfast.tap.Talkers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the admin address serves: everything that operators see and do. Thread-safe. */
final class Administration {

  private final LoopWatch watch;
  private final LatencyWindow latencies;
  private final List<LoopCounters> counters = new ArrayList<>();
  private final LoopCounters ownCounters;
  private final Operator operator;
  private final Supplier<HoldfastConfig> config;
  private final Supplier<Phase> phase;
  private final Supplier<Reload> reload;
  private final @Nullable Talkers talkers;
  private @Nullable Scrape scrape;

  /**
   * @param background the counters of threads that are no loops
   * @param ownCounters written by the admin's thread alone
   * @param config the configuration in force
   * @param talkers null where they are not counted
   */
  Administration(
      List<ListenerLoop> loops,
      List<LoopCounters> background,
      Operator operator,
      LoopCounters ownCounters,
      Supplier<HoldfastConfig> config,
      Supplier<Phase> phase,
      Supplier<Reload> reload,
      @Nullable Talkers talkers) {
    watch = LoopWatch.start(loops.stream().map(ListenerLoop::loop).toList(), System::nanoTime);
    loops.forEach(loop -> counters.add(loop.counters()));
    latencies = new LatencyWindow(counters, System::nanoTime);
    counters.add(ownCounters);
    counters.addAll(background);
    this.ownCounters = ownCounters;
    this.operator = operator;
    this.config = config;
    this.phase = phase;
    this.reload = reload;
    this.talkers = talkers;
  }

  /** Serves an address, and beside the server's own routes {@code more}. */
  AdminServer open(InetSocketAddress address, @Nullable Token token, List<AdminRoute> more)
      throws IOException {
    return AdminServer.start(address, routes(more), token, ownCounters);
  }

  private List<AdminRoute> routes(List<AdminRoute> more) {
    StatusReader status = operator.status();
    List<AdminRoute> routes = new ArrayList<>(more);
    routes.add(ProbeRoutes.health(watch, status::uptime));
    routes.add(ProbeRoutes.ready(phase, status::routes));
    routes.add(AdminRoutes.metrics(Scrape.CONTENT_TYPE, this::scrape));
    routes.add(AdminRoutes.status(counters, () -> StatusJson.of(status.read())));
    routes.add(LiveRoute.of(operator, counters, latencies, phase, Version.number(), talkers));
    routes.addAll(ViewRoutes.of(operator));
    routes.add(
        ViewRoutes.config(
            () -> EffectiveConfig.map(config.get()), () -> EffectiveConfig.yaml(config.get())));
    routes.add(ViewRoutes.description());
    routes.addAll(ControlRoutes.of(operator));
    routes.add(Reload.route(reload));
    routes.addAll(PageRoutes.all());
    return routes;
  }

  /* On the admin's thread; made when it is first asked for. */
  private String scrape() {
    if (scrape == null) {
      scrape = new Scrape(counters, operator.status()::read, Version.number());
    }
    return scrape.text();
  }
}
