package dev.holdfast.cli;

import dev.holdfast.Holdfast;
import dev.holdfast.StartException;
import dev.holdfast.config.ConfigSource;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.demo.DemoUpstreams;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSpec;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The server of the run command, with the embedded upstreams of the demo if it runs. Thread-safe.
 */
final class RunningServer implements Server {

  /** Names of the demo are proven at once, so that a hold can be seen without waiting a day. */
  private static final HoldConfig DEMO_HOLD =
      new HoldConfig(
          HoldMode.OBSERVE,
          Duration.ZERO,
          /* minRefreshes= */ 0,
          HoldConfig.DEFAULTS.window(),
          List.of(new HoldConfig.Zone("example.org.", HoldMode.ENFORCE)));

  private final Holdfast holdfast;
  private final @Nullable DemoUpstreams demo;
  private final AtomicBoolean closed = new AtomicBoolean();

  private RunningServer(Holdfast holdfast, @Nullable DemoUpstreams demo) {
    this.holdfast = holdfast;
    this.demo = demo;
  }

  /** Starts a server that asks the configured upstreams, or others of its own making. */
  static Server start(Start start) throws InvalidConfigException, StartException {
    return start.demo()
        ? startDemo(start.config())
        : new RunningServer(
            Holdfast.start(start.config(), start.replace(), DemoRoutes.withoutDemo()), null);
  }

  private static Server startDemo(ConfigSource config)
      throws InvalidConfigException, StartException {
    DemoUpstreams demo = DemoUpstreams.start();
    List<UpstreamSpec> upstreams =
        demo.addresses().stream()
            .map(address -> new UpstreamSpec(address, /* tcpOnly= */ false))
            .toList();
    try {
      Holdfast holdfast =
          Holdfast.start(
              () -> config.read().withUpstreams(upstreams).withHold(DEMO_HOLD),
              /* replace= */ false,
              DemoRoutes.of(demo));
      return new RunningServer(holdfast, demo);
    } catch (InvalidConfigException | StartException e) {
      demo.close();
      throw e;
    }
  }

  @Override
  public List<String> greeting() {
    List<String> lines = new ArrayList<>();
    lines.add("listening on " + addresses(holdfast.addresses()) + " (UDP and TCP)");
    for (Route route : holdfast.routes().all()) {
      String names = route.isRoot() ? "asking " : "asking for " + route.name() + " ";
      lines.add(names + upstreams(route) + (demo == null ? "" : ", embedded for the demo"));
    }
    InetSocketAddress admin = holdfast.adminAddress();
    if (admin != null) {
      lines.add("look at http://" + SocketAddresses.format(admin) + "/");
    }
    if (demo != null) {
      lines.add(DemoRoutes.hint(holdfast.addresses().getFirst(), admin));
    }
    return lines;
  }

  private static String addresses(List<InetSocketAddress> addresses) {
    return addresses.stream().map(SocketAddresses::format).collect(Collectors.joining(" and "));
  }

  private static String upstreams(Route route) {
    return route.upstreams().stream().map(Upstream::toString).collect(Collectors.joining(" and "));
  }

  @Override
  public void awaitStop() throws InterruptedException {
    holdfast.awaitEnd();
  }

  @Override
  public void reload() {
    holdfast.reload();
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    holdfast.close();
    if (demo != null) {
      demo.close();
    }
  }
}
