package dev.holdfast;

import dev.holdfast.admin.AdminRoute;
import dev.holdfast.admin.AdminServer;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.listener.ListenException;
import dev.holdfast.listener.ListenerLoop;
import dev.holdfast.listener.Listeners;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.Operator;
import dev.holdfast.operate.Phase;
import dev.holdfast.operate.Steering;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.tap.QueryLog;
import dev.holdfast.upstream.ExchangeConfig;
import dev.holdfast.upstream.NettyExchange;
import dev.holdfast.upstream.OwnPorts;
import dev.holdfast.upstream.Prober;
import dev.holdfast.upstream.RandomSource;
import dev.holdfast.upstream.Routes;
import dev.holdfast.upstream.SocketAddresses;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: the object graph, built by hand. Listeners bring queries to the resolver of
 * their loop, which asks upstreams through the exchange of the same loop. Thread-safe.
 */
public final class Holdfast implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(Holdfast.class);
  private static final LongSupplier NANO_CLOCK = System::nanoTime;

  /** Longest wait for clients whose questions are in flight when the server stops. */
  private static final long DRAIN_MILLIS = 5000;

  private static final long DRAIN_POLL_MILLIS = 10;
  private static final long PIN_SWEEP_SECONDS = 1;

  private final HoldfastConfig config;
  private final EventLoopGroup eventLoops;
  private final List<ListenerLoop> loops = new ArrayList<>();
  private final List<NettyExchange> exchanges = new ArrayList<>();
  private final RouteSource routeSource;
  private final Resolvers resolvers;
  private final Keeper keeper;
  private final ScheduledExecutorService background =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("holdfast-background").factory());
  private final AtomicBoolean closed = new AtomicBoolean();
  private final LoopCounters queryLogCounters = new LoopCounters();
  private @Nullable QueryLog queryLog;
  private volatile Phase phase = Phase.STARTING;
  private volatile @Nullable Listeners listeners;
  private volatile @Nullable AdminServer admin;

  private Holdfast(HoldfastConfig config) throws StartException {
    this.config = config;
    NativeTransport transport = NativeTransport.current();
    int threads =
        config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
    OwnPorts ownPorts = new OwnPorts();
    routeSource = RouteSource.open(config);
    resolvers =
        new Resolvers(
            new Resolvers.Config(
                config.access(),
                config.cache(),
                config.stale(),
                config.hold(),
                config.limits(),
                config.minimalResponses(),
                config.tcp().idleTimeout()),
            threads,
            routeSource.routes(),
            NANO_CLOCK,
            InstantSource.system(),
            ownPorts);
    keeper = Keeper.open(config, resolvers);
    eventLoops =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("holdfast"), transport.ioHandler());
    for (int i = 0; i < threads; i++) {
      addLoop(eventLoops.next(), transport, ownPorts);
    }
  }

  private void addLoop(EventLoop loop, NativeTransport transport, OwnPorts ownPorts) {
    LoopCounters counters = new LoopCounters();
    NettyExchange exchange =
        new NettyExchange(
            loop,
            transport,
            ExchangeConfig.DEFAULTS.withPending(config.limits().inFlightPerUpstream()),
            counters,
            ownPorts,
            new RandomSource(),
            NANO_CLOCK);
    exchanges.add(exchange);
    loops.add(new ListenerLoop(loop, resolvers.addLoop(loop, exchange, counters), counters));
  }

  /**
   * Starts a server and returns when it serves.
   *
   * @param adminRoutes what the admin address serves beside the server's own routes
   * @throws StartException saying everything that stands in the way
   */
  public static Holdfast start(HoldfastConfig config, List<AdminRoute> adminRoutes)
      throws StartException {
    Holdfast holdfast = new Holdfast(config);
    try {
      holdfast.open(adminRoutes);
      return holdfast;
    } catch (ListenException e) {
      holdfast.close();
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      holdfast.close();
      throw new StartException(
          "cannot serve the admin address "
              + SocketAddresses.format(Objects.requireNonNull(config.admin()))
              + ": "
              + e
              + "\nchoose another one with --admin ADDR:PORT, or none with --admin off",
          e);
    }
  }

  private void open(List<AdminRoute> adminRoutes) throws ListenException, IOException {
    if (config.queryLog().isOn()) {
      queryLog =
          new QueryLog(
              config.queryLog(),
              loops.stream().map(ListenerLoop::counters).toList(),
              queryLogCounters,
              "holdfast " + Version.number());
      resolvers.tap(queryLog::tap);
    }
    openAdmin(adminRoutes);
    listeners = Listeners.bind(config.listen(), loops, config.tcp(), NANO_CLOCK);
    phase = Phase.SERVING;
    keeper.start(background);
    startProber();
    routeSource.watch(background, this::changeRoutes);
  }

  private void openAdmin(List<AdminRoute> adminRoutes) throws IOException {
    LoopCounters counters = new LoopCounters();
    Operator operator = Operator.of(resolvers, InstantSource.system(), keeper::status, counters);
    endPinsInTime(operator.steering());
    if (config.admin() != null) {
      admin =
          new Administration(
                  loops,
                  List.of(keeper.counters(), queryLogCounters),
                  operator,
                  counters,
                  () -> phase)
              .open(config.admin(), adminRoutes);
    }
  }

  private void endPinsInTime(Steering steering) {
    var _ =
        background.scheduleWithFixedDelay(
            steering::endPins, PIN_SWEEP_SECONDS, PIN_SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  private void startProber() {
    ListenerLoop first = loops.getFirst();
    Prober prober =
        new Prober(
            first.loop(),
            exchanges.getFirst(),
            first.counters(),
            new RandomSource(),
            NANO_CLOCK,
            resolvers::routes,
            upstream -> resolvers.recovered());
    first.loop().execute(prober::start);
  }

  private void changeRoutes(Routes routes) {
    resolvers.setRoutes(routes);
    logger.info("upstreams changed: {}", routes.all());
  }

  /** The addresses that are served, with their real ports. */
  public List<InetSocketAddress> addresses() {
    Listeners open = listeners;
    return open == null ? List.of() : open.boundAddresses();
  }

  /** Where the admin address is served; null for nowhere. */
  public @Nullable InetSocketAddress adminAddress() {
    AdminServer open = admin;
    return open == null ? null : open.address();
  }

  /** Whom this server asks. */
  public Routes routes() {
    return resolvers.routes();
  }

  /** A counter added up over all loops. */
  public long count(Counter counter) {
    long ofLoops = loops.stream().mapToLong(loop -> loop.counters().get(counter)).sum();
    return ofLoops + queryLogCounters.get(counter);
  }

  /**
   * Stops: takes no more queries, answers those that wait, then closes every socket. Takes up to 5
   * s when upstreams are silent.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    phase = Phase.DRAINING;
    routeSource.close();
    background.shutdownNow();
    Listeners open = listeners;
    if (open != null) {
      open.stopReading();
      drain();
      open.close();
    }
    AdminServer openAdmin = admin;
    if (openAdmin != null) {
      openAdmin.close();
    }
    for (int i = 0; i < loops.size(); i++) {
      loops.get(i).loop().submit(exchanges.get(i)::close).syncUninterruptibly();
    }
    eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    keeper.close();
    if (queryLog != null) {
      queryLog.close();
    }
  }

  private void drain() {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MILLIS);
    try {
      while (resolvers.waiting() > 0 && System.nanoTime() - deadlineNanos < 0) {
        Thread.sleep(DRAIN_POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
