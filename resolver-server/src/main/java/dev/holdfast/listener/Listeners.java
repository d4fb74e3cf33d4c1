package dev.holdfast.listener;

import dev.holdfast.datagram.DatagramKind;
import io.netty.channel.unix.FileDescriptor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All sockets of the server: each address on each event loop, UDP and TCP, all or nothing. A
 * wildcard address serves every address of its family; where its socket could not tell which one
 * was asked, it becomes a socket per address that the machine has at the moment. Thread-safe; not
 * to be called on an event loop.
 */
public final class Listeners implements AutoCloseable {

  private static final long RESCAN_MILLIS = 5000;

  /** Beyond the longest time that a client waits for its answer. */
  private static final long RETIRED_MILLIS = 11_000;

  private final boolean bindsWildcards;
  private final Front front;
  private final OwnSources ownSources;
  private final LocalAddresses localAddresses;
  private final ConnectionTable connections;
  private final AtomicInteger adopted = new AtomicInteger();

  /** By the address as it was asked for, whose port may be 0. */
  private final Map<InetSocketAddress, Binding> bindings = new LinkedHashMap<>();

  private final Map<InetSocketAddress, WildcardBinding> wildcards = new LinkedHashMap<>();

  /** By when they are over. */
  private final Map<Binding, Long> retired = new HashMap<>();

  private @Nullable Thread rescan;
  private volatile List<InetSocketAddress> served = List.of();
  private InheritedSockets inherited = InheritedSockets.none();
  private boolean stopped;

  private Listeners(
      List<ListenerLoop> loops,
      DatagramKind kind,
      LocalAddresses localAddresses,
      TcpConfig tcp,
      LongSupplier nanoClock) {
    bindsWildcards = kind.bindsWildcards();
    this.localAddresses = localAddresses;
    ownSources = new OwnSources(localAddresses);
    connections = new ConnectionTable(tcp);
    front =
        new Front(
            loops.stream().map(loop -> new UdpListener(loop, kind, ownSources, nanoClock)).toList(),
            loops.stream()
                .map(loop -> new TcpListener(loop, tcp, connections, nanoClock))
                .toList());
  }

  /**
   * Binds every address on every loop and waits until all of them listen.
   *
   * @param loops at least one
   * @throws ListenException with every problem, when not all could be bound; then none is
   */
  public static Listeners bind(
      List<InetSocketAddress> addresses,
      List<ListenerLoop> loops,
      TcpConfig tcp,
      LongSupplier nanoClock)
      throws ListenException {
    return bind(addresses, loops, tcp, nanoClock, InheritedSockets.none());
  }

  /** The same with sockets that were taken over, as far as their addresses are still wanted. */
  public static Listeners bind(
      List<InetSocketAddress> addresses,
      List<ListenerLoop> loops,
      TcpConfig tcp,
      LongSupplier nanoClock,
      InheritedSockets inherited)
      throws ListenException {
    DatagramKind kind = DatagramKind.bestFor(loops.getFirst().loop());
    Listeners listeners = new Listeners(loops, kind, LocalAddresses.ofMachine(), tcp, nanoClock);
    listeners.inherited = inherited;
    listeners.change(addresses);
    listeners.inherited = InheritedSockets.none();
    inherited.closeRest();
    return listeners;
  }

  static Listeners bind(
      List<InetSocketAddress> addresses,
      List<ListenerLoop> loops,
      DatagramKind kind,
      LocalAddresses localAddresses,
      TcpConfig tcp,
      LongSupplier nanoClock)
      throws ListenException {
    Listeners listeners = new Listeners(loops, kind, localAddresses, tcp, nanoClock);
    listeners.change(addresses);
    return listeners;
  }

  /**
   * Listens on {@code addresses} from now on: sockets of addresses that stay are not touched, new
   * ones are bound, and those of the others are retired once all new ones listen.
   *
   * @throws ListenException with every problem, when not all could be bound; then nothing changes
   */
  public synchronized void change(List<InetSocketAddress> addresses) throws ListenException {
    localAddresses.refresh();
    Set<InetSocketAddress> wanted = new LinkedHashSet<>(addresses);
    openMissing(wanted);
    retire(address -> !wanted.contains(address));
    served = boundAddresses();
    ownSources.set(served);
    if (rescan == null
        && wanted.stream().anyMatch(address -> address.getAddress().isAnyLocalAddress())) {
      rescan = Thread.ofPlatform().daemon().name("holdfast-addresses").start(this::rescanForever);
    }
  }

  private void openMissing(Set<InetSocketAddress> wanted) throws ListenException {
    Set<InetSocketAddress> opened = new HashSet<>();
    List<ListenException> problems = new ArrayList<>();
    for (InetSocketAddress address : wanted) {
      if (!bindings.containsKey(address) && !wildcards.containsKey(address)) {
        try {
          open(address);
          opened.add(address);
        } catch (ListenException e) {
          problems.add(e);
        }
      }
    }
    if (!problems.isEmpty()) {
      retire(opened::contains);
      throw ListenException.join(problems);
    }
  }

  private void open(InetSocketAddress address) throws ListenException {
    if (address.getAddress().isAnyLocalAddress() && !bindsWildcards) {
      closeRetired(binding -> true);
      wildcards.put(address, WildcardBinding.open(address, localAddresses, front));
    } else {
      closeRetired(binding -> !bindsWildcards && binding.address().equals(address));
      bindings.put(address, Binding.open(address, front, inherited));
    }
  }

  /* Its sockets still bring answers to who waits, and are closed when nobody can be waiting. */
  private void retire(Predicate<InetSocketAddress> which) {
    long nowNanos = System.nanoTime();
    retired.values().removeIf(overNanos -> overNanos - nowNanos < 0);
    List<Binding> gone =
        Stream.concat(
                bindings.entrySet().stream()
                    .filter(each -> which.test(each.getKey()))
                    .map(Map.Entry::getValue),
                wildcards.entrySet().stream()
                    .filter(each -> which.test(each.getKey()))
                    .flatMap(each -> each.getValue().bindings().stream()))
            .toList();
    bindings.keySet().removeIf(which);
    wildcards.keySet().removeIf(which);
    for (Binding binding : gone) {
      binding.retire();
      binding.closeAfter(RETIRED_MILLIS);
      retired.put(binding, nowNanos + TimeUnit.MILLISECONDS.toNanos(RETIRED_MILLIS));
    }
  }

  /* Ports that cannot be retired while they are open stand in the way of new ones. */
  private void closeRetired(Predicate<Binding> which) {
    List<Binding> closing = retired.keySet().stream().filter(which).toList();
    closing.forEach(Binding::close);
    closing.forEach(retired::remove);
  }

  /** Goes on with other bounds of connections. */
  public void reconfigure(TcpConfig tcp) {
    connections.reconfigure(tcp);
    for (TcpListener listener : front.tcp()) {
      listener.loop().loop().submit(() -> listener.reconfigure(tcp)).syncUninterruptibly();
    }
  }

  /** The addresses that are listened on, with their real ports; a wildcard is one of them. */
  public synchronized List<InetSocketAddress> boundAddresses() {
    return Stream.concat(
            bindings.values().stream().map(Binding::address),
            wildcards.values().stream().map(WildcardBinding::address))
        .toList();
  }

  /** Whether this server listens on an address; never waits, so loops may ask. */
  public boolean isServed(InetSocketAddress address) {
    return ownSources.contains(address);
  }

  /** Takes no more queries; answers to those that were taken still go out until {@link #close}. */
  public synchronized void stopReading() {
    stopped = true;
    allBindings().forEach(Binding::retire);
    for (TcpListener listener : front.tcp()) {
      listener.loop().loop().submit(listener::stopReading).syncUninterruptibly();
    }
  }

  /** The sockets by which another process can go on where this one ends; empty if it cannot. */
  public synchronized List<FileDescriptor> descriptors() {
    return bindsWildcards
        ? bindings.values().stream().flatMap(each -> each.descriptors().stream()).toList()
        : List.of();
  }

  /** Goes on with a client's connection to another process. */
  public void adoptConnection(FileDescriptor connected) {
    List<TcpListener> targets = front.tcp();
    targets
        .get(Math.floorMod(adopted.getAndIncrement(), targets.size()))
        .adoptConnection(connected);
  }

  /**
   * Leaves clients to the process that has taken the sockets over, connections too; answers to
   * queries that were taken still go out until {@link #close}.
   *
   * @param more whether connections on which queries are waiting are still to be waited for
   */
  public synchronized void leaveTo(Successor successor, BooleanSupplier more) {
    stopped = true;
    allBindings().forEach(Binding::leave);
    for (TcpListener listener : front.tcp()) {
      listener.loop().loop().execute(() -> listener.handOverConnections(successor, more));
    }
  }

  /** Number of client connections. */
  public int connectionCount() {
    return front.tcp().stream().mapToInt(TcpListener::connectionCount).sum();
  }

  /** Closes every socket. */
  @Override
  public synchronized void close() {
    stopped = true;
    if (rescan != null) {
      rescan.interrupt();
    }
    allBindings().forEach(Binding::close);
    closeRetired(binding -> true);
    bindings.clear();
    wildcards.clear();
    for (TcpListener listener : front.tcp()) {
      listener.loop().loop().submit(listener::close).syncUninterruptibly();
    }
  }

  private Stream<Binding> allBindings() {
    return Stream.concat(
        bindings.values().stream(),
        wildcards.values().stream().flatMap(wildcard -> wildcard.bindings().stream()));
  }

  private void rescanForever() {
    try {
      while (true) {
        Thread.sleep(RESCAN_MILLIS);
        rescan();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Follows the addresses of the machine's interfaces. */
  synchronized void rescan() {
    if (stopped) {
      return;
    }
    localAddresses.refresh();
    wildcards.values().forEach(wildcard -> wildcard.follow(localAddresses));
  }
}
