package dev.holdfast;

import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.listener.ListenerLoop;
import dev.holdfast.lists.LocalPolicyFiles;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.Operator;
import dev.holdfast.operate.Phase;
import dev.holdfast.policy.CookieSecretFile;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.tap.QueryLog;
import dev.holdfast.tap.Talkers;
import dev.holdfast.upstream.ExchangeConfig;
import dev.holdfast.upstream.NettyExchange;
import dev.holdfast.upstream.OwnSockets;
import dev.holdfast.upstream.Prober;
import dev.holdfast.upstream.RandomSource;
import dev.holdfast.upstream.Routes;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The object graph of a server, built by hand. Listeners bring queries to the resolver of their
 * loop, which asks upstreams through the exchange of the same loop. Thread-safe.
 */
final class Wiring {

  static final LongSupplier NANO_CLOCK = System::nanoTime;

  private static final Logger logger = LoggerFactory.getLogger(Wiring.class);

  /** Answers may take half of the heap; the rest is for histories, queues and garbage. */
  private static final int CACHE_HEAP_DIVISOR = 2;

  private static final long PIN_SWEEP_SECONDS = 1;

  /** Longer than a cookie lives, so that those of the last secret are good to their end. */
  private static final long COOKIE_SECRET_HOURS = 24;

  private final EventLoopGroup eventLoops;
  private final List<ListenerLoop> loops = new ArrayList<>();
  private final List<NettyExchange> exchanges = new ArrayList<>();
  private final Resolvers resolvers;
  private final LocalPolicyFiles localPolicy;
  private final Keeper keeper;
  private final LoopCounters queryLogCounters = new LoopCounters();
  private final @Nullable QueryLog queryLog;
  private final @Nullable Talkers talkers;
  private final ScheduledExecutorService background =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("holdfast-background").factory());
  private volatile RouteSource routeSource;

  /**
   * @param served whether this server listens on an address
   */
  Wiring(HoldfastConfig config, Predicate<InetSocketAddress> served) throws StartException {
    NativeTransport transport = NativeTransport.current();
    int threads =
        config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
    OwnSockets ownSockets = new OwnSockets();
    ownSockets.servedBy(served);
    routeSource = RouteSource.open(config);
    resolvers =
        new Resolvers(
            config.resolving(),
            threads,
            routeSource.routes(),
            NANO_CLOCK,
            InstantSource.system(),
            ownSockets);
    resolvers.cookieSecrets().share(cookieSecrets(config));
    localPolicy = LocalPolicyFiles.open(config.local());
    keeper = Keeper.open(config, resolvers);
    warnOfSmallHeap(config.cache().maxSizeBytes(), Runtime.getRuntime().maxMemory());
    eventLoops =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("holdfast"), transport.ioHandler());
    for (int i = 0; i < threads; i++) {
      addLoop(eventLoops.next(), config, transport, ownSockets);
    }
    queryLog =
        config.queryLog().isOn()
            ? new QueryLog(
                config.queryLog(),
                loops.stream().map(ListenerLoop::counters).toList(),
                queryLogCounters,
                "holdfast " + Version.number())
            : null;
    boolean counted = config.admin().listen() != null && config.admin().topTalkers();
    talkers = counted ? new Talkers(threads, NANO_CLOCK) : null;
    tap(queryLog, talkers);
    go(localPolicy.policy());
    DatagramKind.tell(loops.getFirst().loop());
  }

  private static void warnOfSmallHeap(long cacheBytes, long heapBytes) {
    if (cacheBytes > heapBytes / CACHE_HEAP_DIVISOR) {
      logger.warn(
          "cache.max-size is {} MiB, more than half of the Java heap of {} MiB:"
              + " set it to less, or HOLDFAST_JAVA_OPTS=-Xmx{}m",
          cacheBytes >> 20,
          heapBytes >> 20,
          CACHE_HEAP_DIVISOR * (cacheBytes >> 20));
    }
  }

  private void addLoop(
      EventLoop loop, HoldfastConfig config, NativeTransport transport, OwnSockets ownSockets) {
    LoopCounters counters = new LoopCounters();
    NettyExchange exchange =
        new NettyExchange(
            loop,
            transport,
            ExchangeConfig.DEFAULTS.withPending(config.limits().inFlightPerUpstream()),
            counters,
            ownSockets,
            new RandomSource(),
            NANO_CLOCK);
    exchange.guard(config.forgery());
    exchanges.add(exchange);
    loops.add(new ListenerLoop(loop, resolvers.addLoop(loop, exchange, counters), counters));
  }

  private void tap(@Nullable QueryLog log, @Nullable Talkers counted) {
    if (log != null && counted != null) {
      resolvers.tap(loop -> log.tap(loop).andThen(counted.tap(loop)));
    } else if (log != null) {
      resolvers.tap(log::tap);
    } else if (counted != null) {
      resolvers.tap(counted::tap);
    }
  }

  /* Not on a loop: waits until all of them go by the policy. */
  private void go(LocalPolicy policy) {
    if (policy.isEmpty() && resolvers.localPolicy().isEmpty()) {
      return;
    }
    int forgotten = resolvers.setLocalPolicy(policy, Runnable::run).join();
    if (forgotten > 0) {
      logger.info("local policy: {} answers are not served any more", forgotten);
    }
  }

  /** Begins to take from the journal what an earlier run knew, and to keep what is learnt. */
  CompletableFuture<Void> startKeeper() {
    return keeper.start(background);
  }

  /** Begins what goes on beside the queries, once these are served. */
  void start() {
    startProber();
    rollCookieSecrets();
    watch(routeSource);
    localPolicy.watch(this::go);
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

  private void rollCookieSecrets() {
    var _ =
        background.scheduleWithFixedDelay(
            resolvers.cookieSecrets()::roll,
            COOKIE_SECRET_HOURS,
            COOKIE_SECRET_HOURS,
            TimeUnit.HOURS);
  }

  private void watch(RouteSource followed) {
    followed.watch(background, routes -> changeRoutes(followed, routes));
  }

  private synchronized void changeRoutes(RouteSource from, Routes routes) {
    if (from == routeSource) {
      resolvers.setRoutes(routes);
      logger.info("upstreams changed: {}", routes.all());
    }
  }

  /**
   * Finds the upstreams of another configuration.
   *
   * @throws StartException when there is none, saying how to name one
   */
  synchronized RouteSource routeSource(HoldfastConfig next) throws StartException {
    return routeSource.with(next);
  }

  /**
   * Reads the secrets of cookies that another configuration shares with other servers.
   *
   * @throws StartException when their file holds none, saying what to do
   */
  static List<byte[]> cookieSecrets(HoldfastConfig next) throws StartException {
    Path file = next.cookies().secretFile();
    try {
      return file == null ? List.of() : CookieSecretFile.read(file);
    } catch (IOException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Goes on with another configuration, its upstreams and its secrets of cookies. */
  synchronized void use(HoldfastConfig next, RouteSource nextRoutes, List<byte[]> cookieSecrets) {
    if (queryLog != null) {
      queryLog.reopen();
    }
    resolvers.reconfigure(next.resolving());
    resolvers.cookieSecrets().share(cookieSecrets);
    exchanges.forEach(each -> each.limitPending(next.limits().inFlightPerUpstream()));
    exchanges.forEach(each -> each.guard(next.forgery()));
    resolvers.setRoutes(nextRoutes.routes());
    go(localPolicy.use(next.local()));
    routeSource.close();
    routeSource = nextRoutes;
    watch(nextRoutes);
  }

  /** Returns what operators see and do; begins to end their pins in time. */
  Administration administration(
      Supplier<HoldfastConfig> config, Supplier<Phase> phase, Supplier<Reload> reload) {
    LoopCounters counters = new LoopCounters();
    Operator operator =
        Operator.of(
            resolvers, InstantSource.system(), keeper::status, localPolicy::status, counters);
    var _ =
        background.scheduleWithFixedDelay(
            operator.steering()::endPins, PIN_SWEEP_SECONDS, PIN_SWEEP_SECONDS, TimeUnit.SECONDS);
    return new Administration(
        loops, offLoopCounters(), operator, counters, config, phase, reload, talkers);
  }

  /** The event loops, for what brings queries to their resolvers. */
  List<ListenerLoop> loops() {
    return loops;
  }

  EventLoopGroup eventLoops() {
    return eventLoops;
  }

  /** Whom this server asks. */
  Routes routes() {
    return resolvers.routes();
  }

  /** How many clients wait for an answer. */
  int waiting() {
    return resolvers.waiting();
  }

  /** A counter added up over all loops. */
  long count(Counter counter) {
    long ofLoops = loops.stream().mapToLong(loop -> loop.counters().get(counter)).sum();
    return ofLoops + offLoopCounters().stream().mapToLong(counters -> counters.get(counter)).sum();
  }

  /** Those of the threads that are no event loops. */
  private List<LoopCounters> offLoopCounters() {
    return List.of(keeper.counters(), queryLogCounters, localPolicy.counters());
  }

  /** Ends what goes on beside the queries. */
  void stop() {
    routeSource.close();
    localPolicy.close();
    background.shutdownNow();
  }

  /** Closes the sockets towards upstreams, the loops, and what is kept. */
  void close() {
    for (int i = 0; i < loops.size(); i++) {
      EventLoop loop = loops.get(i).loop();
      if (!loop.isShuttingDown()) { // unless it has died
        loop.submit(exchanges.get(i)::close).syncUninterruptibly();
      }
    }
    eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    keeper.close();
    if (queryLog != null) {
      queryLog.close();
    }
  }
}
