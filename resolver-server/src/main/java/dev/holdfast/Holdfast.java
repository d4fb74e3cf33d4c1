package dev.holdfast;

import dev.holdfast.admin.AdminConfig;
import dev.holdfast.admin.AdminRoute;
import dev.holdfast.admin.AdminServer;
import dev.holdfast.admin.Token;
import dev.holdfast.config.ConfigChange;
import dev.holdfast.config.ConfigSource;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.listener.ListenException;
import dev.holdfast.listener.Listeners;
import dev.holdfast.log.LogSetup;
import dev.holdfast.metrics.Counter;
import dev.holdfast.operate.Phase;
import dev.holdfast.upstream.Routes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: how it starts or takes another's place, follows its configuration and ends.
 * Thread-safe.
 */
public final class Holdfast implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(Holdfast.class);

  /** Longest wait for clients whose questions are in flight when the server stops. */
  private static final long DRAIN_MILLIS = 5000;

  private static final long DRAIN_POLL_MILLIS = 10;

  /**
   * How long this process and the one that it replaces answer side by side: it is cold at first.
   */
  private static final long OVERLAP_MILLIS = 1000;

  private static final long ADMIN_PATIENCE_MILLIS = 10_000;
  private static final long ADMIN_POLL_MILLIS = 50;

  private final ConfigSource source;
  private final ServiceManager manager;
  private final @Nullable Token token;
  private final Wiring wiring;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile HoldfastConfig config;
  private volatile Phase phase = Phase.STARTING;
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
    this.wiring = new Wiring(config, this::isServed);
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
          e.getMessage() + "\nchoose another one with --admin ADDR:PORT, or none with --admin off",
          e);
    }
  }

  private void open(List<AdminRoute> adminRoutes) throws ListenException, IOException {
    openAdmin(administration(), adminRoutes);
    listeners = Listeners.bind(config.listen(), wiring.loops(), config.tcp(), Wiring.NANO_CLOCK);
    var _ = wiring.startKeeper();
    serve();
  }

  private void serve() {
    phase = Phase.SERVING;
    wiring.start();
    handover =
        Handover.open(
            config.stateDir(),
            wiring.eventLoops(),
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
    wiring.startKeeper().join();
    listeners =
        Listeners.bind(
            config.listen(),
            wiring.loops(),
            config.tcp(),
            Wiring.NANO_CLOCK,
            predecessor.sockets());
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
    return wiring.administration(() -> config, () -> phase, this::reload);
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
    List<byte[]> cookieSecrets = Wiring.cookieSecrets(next);
    RouteSource nextRoutes = wiring.routeSource(next);
    Listeners open = Objects.requireNonNull(listeners);
    open.change(next.listen()); // nothing fails from here on
    if (!next.log().equals(config.log())) {
      LogSetup.use(next.log());
    }
    open.reconfigure(next.tcp());
    wiring.use(next, nextRoutes, cookieSecrets);
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
    wiring.eventLoops().forEach(loop -> loop.execute(task));
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
    return wiring.routes();
  }

  /** A counter added up over all loops. */
  public long count(Counter counter) {
    return wiring.count(counter);
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
    wiring.stop();
    Handover openHandover = handover;
    if (openHandover != null) {
      evenIfALoopDied(openHandover::close);
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
      evenIfALoopDied(() -> drain(open, heir));
      evenIfALoopDied(open::close);
    }
    if (heir != null) {
      heir.close();
    }
    closeAdmin();
    wiring.close();
    ended.countDown();
  }

  /* A loop that has died takes no tasks; what was learnt is to be kept all the same. */
  private void evenIfALoopDied(Runnable step) {
    try {
      step.run();
    } catch (RejectedExecutionException | CompletionException e) {
      logger.warn("not ended in order, a loop has died: {}", e.toString());
    }
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
        && (wiring.waiting() > 0 || (heir != null && open.connectionCount() > 0))) {
      pause(DRAIN_POLL_MILLIS);
    }
  }
}
