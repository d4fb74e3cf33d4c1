package dev.holdfast;

import dev.holdfast.admin.AdminConfig;
import dev.holdfast.admin.AdminRoute;
import dev.holdfast.admin.AdminServer;
import dev.holdfast.admin.Token;
import dev.holdfast.config.ConfigChange;
import dev.holdfast.config.ConfigSource;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.listener.ListenException;
import dev.holdfast.listener.ListenerLoop;
import dev.holdfast.listener.Listeners;
import dev.holdfast.lists.LocalPolicyFiles;
import dev.holdfast.log.LogSetup;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.Operator;
import dev.holdfast.operate.Phase;
import dev.holdfast.operate.Steering;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
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

  /** Answers may take half of the heap; the rest is for histories, queues and garbage. */
  private static final int CACHE_HEAP_DIVISOR = 2;

  private static final long PIN_SWEEP_SECONDS = 1;

  /** Longer than a cookie lives, so that those of the last secret are good to their end. */
  private static final long COOKIE_SECRET_HOURS = 24;

  /**
   * How long this process and the one that it replaces answer side by side: it is cold at first.
   */
  private static final long OVERLAP_MILLIS = 1000;

  private static final long ADMIN_PATIENCE_MILLIS = 10_000;
  private static final long ADMIN_POLL_MILLIS = 50;

  private final ConfigSource source;
  private final ServiceManager manager;
  private final EventLoopGroup eventLoops;
  private final List<ListenerLoop> loops = new ArrayList<>();
  private final List<NettyExchange> exchanges = new ArrayList<>();
  private final Resolvers resolvers;
  private final LocalPolicyFiles localPolicy;
  private final Keeper keeper;
  private final ScheduledExecutorService background =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("holdfast-background").factory());
  private final AtomicBoolean closed = new AtomicBoolean();
  private final LoopCounters queryLogCounters = new LoopCounters();
  private @Nullable QueryLog queryLog;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile HoldfastConfig config;
  private volatile RouteSource routeSource;
  private @Nullable Talkers talkers;
  private volatile Phase phase = Phase.STARTING;
  private final @Nullable Token token;
  private volatile @Nullable Listeners listeners;
  private volatile @Nullable AdminServer admin;
  private volatile @Nullable Handover handover;
  private volatile @Nullable Watchdog watchdog;

  private Holdfast(HoldfastConfig config, ConfigSource source, ServiceManager manager)
      throws StartException {
    this.config = config;
    this.source = source;
    this.manager = manager;
    this.token = readToken(config.admin());
    NativeTransport transport = NativeTransport.current();
    int threads =
        config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
    OwnSockets ownSockets = new OwnSockets();
    ownSockets.servedBy(this::isServed);
    routeSource = RouteSource.open(config);
    resolvers =
        new Resolvers(
            config.resolving(),
            threads,
            routeSource.routes(),
            NANO_CLOCK,
            InstantSource.system(),
            ownSockets);
    localPolicy = LocalPolicyFiles.open(config.local());
    keeper = Keeper.open(config, resolvers);
    warnOfSmallHeap(config.cache().maxSizeBytes(), Runtime.getRuntime().maxMemory());
    eventLoops =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("holdfast"), transport.ioHandler());
    for (int i = 0; i < threads; i++) {
      addLoop(eventLoops.next(), transport, ownSockets);
    }
    go(localPolicy.policy());
    DatagramKind.tell(loops.getFirst().loop());
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

  private void addLoop(EventLoop loop, NativeTransport transport, OwnSockets ownSockets) {
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

  /**
   * Starts a server and returns when it serves.
   *
   * @param adminRoutes what the admin address serves beside the server's own routes
   * @throws StartException saying everything that stands in the way
   */
  public static Holdfast start(HoldfastConfig config, List<AdminRoute> adminRoutes)
      throws StartException {
    Holdfast holdfast = new Holdfast(config, () -> config, ServiceManager.none());
    return holdfast.start(/* replace= */ false, adminRoutes);
  }

  /**
   * Starts a server that reads its configuration anew when it is told to reload.
   *
   * @param replace whether to take the place of the server that runs with the same state folder, if
   *     there is one: it gives its sockets and connections to this one and ends
   * @param adminRoutes what the admin address serves beside the server's own routes
   * @throws InvalidConfigException with every problem of the configuration
   * @throws StartException saying everything that stands in the way
   */
  public static Holdfast start(ConfigSource source, boolean replace, List<AdminRoute> adminRoutes)
      throws InvalidConfigException, StartException {
    HoldfastConfig config = source.read();
    LogSetup.use(config.log());
    Holdfast holdfast = new Holdfast(config, source, ServiceManager.of(System.getenv()));
    return holdfast.start(replace, adminRoutes);
  }

  private Holdfast start(boolean replace, List<AdminRoute> adminRoutes) throws StartException {
    try {
      Predecessor predecessor = replace ? findPredecessor() : null;
      if (predecessor == null) {
        open(adminRoutes);
      } else {
        replace(predecessor, adminRoutes);
      }
      manager.ready(status());
      watchdog = Watchdog.start(manager, this::addresses);
      return this;
    } catch (StartException e) {
      close();
      throw e;
    } catch (ListenException e) {
      close();
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      close();
      throw new StartException(
          "cannot serve the admin address "
              + SocketAddresses.format(Objects.requireNonNull(config.admin().listen()))
              + ": "
              + e
              + "\nchoose another one with --admin ADDR:PORT, or none with --admin off",
          e);
    }
  }

  private void openTaps() {
    if (config.queryLog().isOn()) {
      queryLog =
          new QueryLog(
              config.queryLog(),
              loops.stream().map(ListenerLoop::counters).toList(),
              queryLogCounters,
              "holdfast " + Version.number());
    }
    if (config.admin().listen() != null && config.admin().topTalkers()) {
      talkers = new Talkers(loops.size(), NANO_CLOCK);
    }
    QueryLog log = queryLog;
    Talkers counted = talkers;
    if (log != null && counted != null) {
      resolvers.tap(loop -> log.tap(loop).andThen(counted.tap(loop)));
    } else if (log != null) {
      resolvers.tap(log::tap);
    } else if (counted != null) {
      resolvers.tap(counted::tap);
    }
  }

  private void open(List<AdminRoute> adminRoutes) throws ListenException, IOException {
    openTaps();
    openAdmin(administration(), adminRoutes);
    listeners = Listeners.bind(config.listen(), loops, config.tcp(), NANO_CLOCK);
    var _ = keeper.start(background);
    serve();
  }

  private void serve() {
    phase = Phase.SERVING;
    startProber();
    rollCookieSecrets();
    watch(routeSource);
    localPolicy.watch(this::go);
    handover =
        Handover.open(
            config.stateDir(),
            eventLoops,
            Objects.requireNonNull(listeners)::descriptors,
            heir -> Thread.ofPlatform().name("holdfast-handover").start(() -> end(heir)));
  }

  private @Nullable Predecessor findPredecessor() throws StartException {
    try {
      return Predecessor.find(config.stateDir());
    } catch (IOException e) {
      throw cannotReplace(e);
    }
  }

  private static StartException cannotReplace(IOException cause) {
    return new StartException("cannot replace the running server: " + cause.getMessage(), cause);
  }

  /*
   * Both processes read the same sockets until this one has warmed up, then the other one leaves.
   * From there on nothing may keep this one from serving, not even an admin address that is taken.
   */
  private void replace(Predecessor predecessor, List<AdminRoute> adminRoutes)
      throws ListenException, StartException {
    openTaps();
    keeper.start(background).join();
    listeners =
        Listeners.bind(config.listen(), loops, config.tcp(), NANO_CLOCK, predecessor.sockets());
    pause(OVERLAP_MILLIS);
    try {
      predecessor.replace();
    } catch (IOException e) {
      throw cannotReplace(e);
    }
    serve();
    Thread.ofPlatform().daemon().name("holdfast-follow").start(() -> follow(predecessor));
    openAdminInTime(adminRoutes);
    logger.info("took the place of the server that ran before");
  }

  private void follow(Predecessor predecessor) {
    try (predecessor) {
      predecessor.follow(Objects.requireNonNull(listeners)::adoptConnection);
    } catch (IOException e) {
      logger.warn("the server that ran before: {}", e.getMessage());
    }
  }

  private void openAdminInTime(List<AdminRoute> adminRoutes) {
    Administration administration = administration();
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ADMIN_PATIENCE_MILLIS);
    while (true) {
      try {
        openAdmin(administration, adminRoutes);
        return;
      } catch (IOException e) {
        if (System.nanoTime() - deadlineNanos > 0) {
          logger.error("no admin address: {}", e.getMessage());
          return;
        }
      }
      pause(ADMIN_POLL_MILLIS);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Administration administration() {
    LoopCounters counters = new LoopCounters();
    Operator operator =
        Operator.of(
            resolvers, InstantSource.system(), keeper::status, localPolicy::status, counters);
    endPinsInTime(operator.steering());
    return new Administration(
        loops,
        List.of(keeper.counters(), queryLogCounters, localPolicy.counters()),
        operator,
        counters,
        () -> config,
        () -> phase,
        this::reload,
        talkers);
  }

  private void openAdmin(Administration administration, List<AdminRoute> adminRoutes)
      throws IOException {
    InetSocketAddress address = config.admin().listen();
    if (address != null) {
      admin = administration.open(address, token, adminRoutes);
    }
  }

  private static @Nullable Token readToken(AdminConfig admin) throws StartException {
    try {
      return admin.listen() == null || admin.tokenFile() == null
          ? null
          : Token.read(admin.tokenFile());
    } catch (IOException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private void endPinsInTime(Steering steering) {
    var _ =
        background.scheduleWithFixedDelay(
            steering::endPins, PIN_SWEEP_SECONDS, PIN_SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  private void rollCookieSecrets() {
    var _ =
        background.scheduleWithFixedDelay(
            resolvers.cookieSecrets()::roll,
            COOKIE_SECRET_HOURS,
            COOKIE_SECRET_HOURS,
            TimeUnit.HOURS);
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

  private void watch(RouteSource followed) {
    followed.watch(background, routes -> changeRoutes(followed, routes));
  }

  private synchronized void changeRoutes(RouteSource from, Routes routes) {
    if (from == routeSource) {
      resolvers.setRoutes(routes);
      logger.info("upstreams changed: {}", routes.all());
    }
  }

  /** Reads the configuration anew and goes on with it; a bad one changes nothing. */
  public synchronized Reload reload() {
    manager.reloading();
    Reload reload = reloadNow();
    manager.ready(status());
    return reload;
  }

  private Reload reloadNow() {
    Reload reload;
    try {
      reload =
          closed.get() ? Reload.refused(List.of("the server is stopping")) : use(source.read());
    } catch (InvalidConfigException | StartException | ListenException e) {
      reload = Reload.refused(String.valueOf(e.getMessage()).lines().toList());
    }
    if (!reload.problems().isEmpty()) {
      logger.error("not reloaded, nothing has changed: {}", String.join("; ", reload.problems()));
      return reload;
    }
    logger.info("reloaded: {}", reload.changed().isEmpty() ? "no change" : reload.changed());
    if (!reload.needsRestart().isEmpty()) {
      logger.warn("needs a restart: {}", reload.needsRestart());
    }
    return reload;
  }

  private Reload use(HoldfastConfig wanted) throws StartException, ListenException {
    HoldfastConfig next = wanted.withFixedOf(config);
    RouteSource nextRoutes = routeSource.with(next);
    Listeners open = Objects.requireNonNull(listeners);
    open.change(next.listen()); // nothing fails from here on
    if (!next.log().equals(config.log())) {
      LogSetup.use(next.log());
    }
    QueryLog log = queryLog;
    if (log != null) {
      log.reopen();
    }
    open.reconfigure(next.tcp());
    resolvers.reconfigure(next.resolving());
    exchanges.forEach(each -> each.limitPending(next.limits().inFlightPerUpstream()));
    exchanges.forEach(each -> each.guard(next.forgery()));
    resolvers.setRoutes(nextRoutes.routes());
    go(localPolicy.use(next.local()));
    routeSource.close();
    routeSource = nextRoutes;
    watch(nextRoutes);
    Reload reload = Reload.done(ConfigChange.between(config, wanted));
    config = next;
    return reload;
  }

  private String status() {
    return "listening on " + addresses() + ", asking " + routes().root().upstreams();
  }

  /** The addresses that are served, with their real ports. */
  public List<InetSocketAddress> addresses() {
    Listeners open = listeners;
    return open == null ? List.of() : open.boundAddresses();
  }

  /** Runs a task on each event loop. */
  void onEachLoop(Runnable task) {
    eventLoops.forEach(loop -> loop.execute(task));
  }

  private boolean isServed(InetSocketAddress address) {
    Listeners open = listeners;
    return open == null || open.isServed(address);
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
    return ofLoops + queryLogCounters.get(counter) + localPolicy.counters().get(counter);
  }

  /**
   * Stops: takes no more queries, answers those that wait, then closes every socket. Takes up to 5
   * s when upstreams are silent.
   */
  @Override
  public void close() {
    end(null);
  }

  /** Returns when the server has ended, which it also does when another has taken its place. */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  private void end(Handover.@Nullable Heir heir) {
    if (closed.getAndSet(true)) {
      return;
    }
    phase = Phase.DRAINING;
    routeSource.close();
    localPolicy.close();
    background.shutdownNow();
    Handover openHandover = handover;
    if (openHandover != null) {
      openHandover.close();
    }
    Watchdog openWatchdog = watchdog;
    if (openWatchdog != null) {
      openWatchdog.close();
    }
    if (heir == null) {
      manager.stopping();
    } else {
      logger.info("{} takes the place of this one", heir);
      manager.replacedBy(heir.pid());
      closeAdmin(); // the other one waits for the address
    }
    Listeners open = listeners;
    if (open != null) {
      drain(open, heir);
      open.close();
    }
    if (heir != null) {
      heir.close();
    }
    closeAdmin();
    for (int i = 0; i < loops.size(); i++) {
      loops.get(i).loop().submit(exchanges.get(i)::close).syncUninterruptibly();
    }
    eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    keeper.close();
    if (queryLog != null) {
      queryLog.close();
    }
    ended.countDown();
  }

  private void closeAdmin() {
    AdminServer open = admin;
    if (open != null) {
      open.close();
      admin = null;
    }
  }

  private void drain(Listeners open, Handover.@Nullable Heir heir) {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MILLIS);
    BooleanSupplier inTime = () -> System.nanoTime() - deadlineNanos < 0;
    if (heir == null) {
      open.stopReading();
    } else {
      open.leaveTo(heir, inTime);
    }
    while (inTime.getAsBoolean()
        && (resolvers.waiting() > 0 || (heir != null && open.connectionCount() > 0))) {
      pause(DRAIN_POLL_MILLIS);
    }
  }
}
