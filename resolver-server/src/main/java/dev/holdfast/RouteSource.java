package dev.holdfast;

import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.upstream.ResolvConf;
import dev.holdfast.upstream.ResolvConfWatcher;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.RouteConfig;
import dev.holdfast.upstream.RouteRules;
import dev.holdfast.upstream.Routes;
import dev.holdfast.upstream.UpstreamSpec;
import dev.holdfast.upstream.Upstreams;
import dev.holdfast.wire.Names;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the routes come from: the configuration, or for the root the machine's resolv.conf, which
 * is followed while the server runs. Thread-safe.
 */
final class RouteSource implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(RouteSource.class);
  private static final byte[] ROOT = {0};

  private final HoldfastConfig config;
  private final Upstreams upstreams;
  private final RouteIds ids;
  private volatile List<UpstreamSpec> rootUpstreams;
  private @Nullable ResolvConfWatcher watcher;

  private RouteSource(
      HoldfastConfig config, List<UpstreamSpec> rootUpstreams, Upstreams upstreams, RouteIds ids)
      throws StartException {
    this.config = config;
    this.rootUpstreams = rootUpstreams;
    this.upstreams = upstreams;
    this.ids = ids;
    ids.assign(config.zones());
  }

  /**
   * Finds the upstreams to begin with.
   *
   * @throws StartException when there is none, saying how to name one
   */
  static RouteSource open(HoldfastConfig config) throws StartException {
    List<UpstreamSpec> found = config.upstreams();
    if (found.isEmpty()) {
      found = fromResolvConf(config);
    }
    return new RouteSource(config, found, new Upstreams(), new RouteIds());
  }

  /**
   * Finds the upstreams of another configuration; those that stay keep their health, and suffixes
   * their cached answers.
   *
   * @throws StartException when there is none, saying how to name one
   */
  RouteSource with(HoldfastConfig next) throws StartException {
    List<UpstreamSpec> found = next.upstreams();
    if (found.isEmpty()) {
      boolean sameFile = isFollowing() && next.resolvConf().equals(config.resolvConf());
      try {
        found = fromResolvConf(next);
      } catch (StartException e) {
        if (!sameFile) {
          throw e;
        }
        found = rootUpstreams;
      }
    }
    return new RouteSource(next, found, upstreams, ids);
  }

  private boolean isFollowing() {
    return config.upstreams().isEmpty();
  }

  private static List<UpstreamSpec> fromResolvConf(HoldfastConfig config) throws StartException {
    List<UpstreamSpec> named = List.of();
    String reason = "names no server";
    try {
      named = ResolvConf.read(config.resolvConf());
    } catch (IOException e) {
      reason = "cannot be read";
    }
    List<UpstreamSpec> others = withoutOwn(named, config);
    if (!named.isEmpty() && others.isEmpty()) {
      reason = "names only addresses that Holdfast itself listens on";
    }
    if (others.isEmpty()) {
      throw new StartException(
          "no upstream to ask: "
              + config.resolvConf()
              + " "
              + reason
              + "\nname one: holdfast run --upstream 192.0.2.53"
              + "\nor try it without any network: holdfast run --demo");
    }
    return others;
  }

  /** Returns the routes to begin with. */
  Routes routes() {
    return routes(rootUpstreams);
  }

  /** Calls back with new routes whenever resolv.conf names other servers. */
  void watch(ScheduledExecutorService scheduler, Consumer<Routes> changed) {
    if (!isFollowing()) {
      return;
    }
    watcher =
        new ResolvConfWatcher(
            config.resolvConf(),
            rootUpstreams,
            scheduler,
            found -> {
              List<UpstreamSpec> others = withoutOwn(found, config);
              if (!others.isEmpty()) {
                rootUpstreams = others;
                changed.accept(routes(others));
              }
            });
  }

  private Routes routes(List<UpstreamSpec> root) {
    List<Route> routes = new ArrayList<>();
    RewriteConfig rewrite = config.rewrite();
    RouteRules rootRules = new RouteRules(rewrite.rebinding().refuse(), rewrite.subnet().forward());
    routes.add(new Route(0, ROOT, upstreams.of(root), rootRules));
    for (RouteConfig zone : config.zones()) {
      byte[] suffix = Names.parse(zone.suffix());
      routes.add(new Route(ids.of(zone), suffix, upstreams.of(zone.upstreams()), zone.rules()));
    }
    return new Routes(routes);
  }

  /* A host that points resolv.conf at this server must not make it ask itself. */
  private static List<UpstreamSpec> withoutOwn(List<UpstreamSpec> named, HoldfastConfig config) {
    List<UpstreamSpec> others = new ArrayList<>();
    for (UpstreamSpec upstream : named) {
      if (config.listen().stream().anyMatch(listen -> serves(listen, upstream.address()))) {
        logger.warn("{} in {} is this server itself: left out", upstream, config.resolvConf());
      } else {
        others.add(upstream);
      }
    }
    return others;
  }

  private static boolean serves(InetSocketAddress listen, InetSocketAddress upstream) {
    if (listen.getPort() != upstream.getPort()) {
      return false;
    }
    InetAddress address = upstream.getAddress();
    return listen.getAddress().equals(address)
        || (listen.getAddress().isAnyLocalAddress()
            && listen.getAddress() instanceof Inet4Address == address instanceof Inet4Address
            && isOfThisMachine(address));
  }

  private static boolean isOfThisMachine(InetAddress address) {
    try {
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (watcher != null) {
      watcher.close();
    }
  }
}
