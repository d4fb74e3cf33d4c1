package dev.holdfast.listener;

import dev.holdfast.datagram.DatagramKind;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.LongSupplier;
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

  private final boolean bindsWildcards;
  private final Front front;
  private final OwnSources ownSources;
  private final LocalAddresses localAddresses;
  private final List<Binding> bindings = new ArrayList<>();
  private final List<WildcardBinding> wildcards = new ArrayList<>();
  private @Nullable Thread rescan;
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
    ConnectionTable table = new ConnectionTable(tcp);
    front =
        new Front(
            loops.stream().map(loop -> new UdpListener(loop, kind, ownSources, nanoClock)).toList(),
            loops.stream().map(loop -> new TcpListener(loop, tcp, table, nanoClock)).toList());
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
    DatagramKind kind = DatagramKind.bestFor(loops.getFirst().loop());
    return bind(addresses, loops, kind, LocalAddresses.ofMachine(), tcp, nanoClock);
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
    listeners.open(addresses);
    return listeners;
  }

  private synchronized void open(List<InetSocketAddress> addresses) throws ListenException {
    localAddresses.refresh();
    List<ListenException> problems = new ArrayList<>();
    for (InetSocketAddress address : List.copyOf(new LinkedHashSet<>(addresses))) {
      try {
        if (address.getAddress().isAnyLocalAddress() && !bindsWildcards) {
          wildcards.add(WildcardBinding.open(address, localAddresses, front));
        } else {
          bindings.add(Binding.open(address, front));
        }
      } catch (ListenException e) {
        problems.add(e);
      }
    }
    if (!problems.isEmpty()) {
      close();
      throw ListenException.join(problems);
    }
    ownSources.set(boundAddresses());
    if (addresses.stream().anyMatch(address -> address.getAddress().isAnyLocalAddress())) {
      rescan = Thread.ofPlatform().daemon().name("holdfast-addresses").start(this::rescanForever);
    }
  }

  /** The addresses that are listened on, with their real ports; a wildcard is one of them. */
  public synchronized List<InetSocketAddress> boundAddresses() {
    return Stream.concat(
            bindings.stream().map(Binding::address),
            wildcards.stream().map(WildcardBinding::address))
        .toList();
  }

  /** Takes no more queries; answers to those that were taken still go out until {@link #close}. */
  public synchronized void stopReading() {
    stopped = true;
    allBindings().forEach(Binding::stopReading);
    for (TcpListener listener : front.tcp()) {
      listener.loop().loop().submit(listener::stopReading).syncUninterruptibly();
    }
  }

  /** Closes every socket. */
  @Override
  public synchronized void close() {
    stopped = true;
    if (rescan != null) {
      rescan.interrupt();
    }
    allBindings().forEach(Binding::close);
    bindings.clear();
    wildcards.clear();
    for (TcpListener listener : front.tcp()) {
      listener.loop().loop().submit(listener::close).syncUninterruptibly();
    }
  }

  private Stream<Binding> allBindings() {
    return Stream.concat(
        bindings.stream(), wildcards.stream().flatMap(wildcard -> wildcard.bindings().stream()));
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
    wildcards.forEach(wildcard -> wildcard.follow(localAddresses));
  }
}
