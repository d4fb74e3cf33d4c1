package dev.holdfast.upstream;

import dev.holdfast.datagram.Addresses;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntPredicate;

/**
 * The local ports of this process's sockets towards upstreams: a query from one of them was
 * forwarded to ourselves. UDP and TCP apart, because another program may have the same port of the
 * other protocol. Thread-safe.
 */
public final class OwnPorts {

  private static final int MAX_SOURCES = 256;

  /* Counts, because IPv4 and IPv6, and connections to different upstreams share a port. */
  private final AtomicIntegerArray datagramSockets = new AtomicIntegerArray(1 << 16);
  private final AtomicIntegerArray connections = new AtomicIntegerArray(1 << 16);

  /** Local addresses of our datagram sockets, mostly one for each network of this machine. */
  private final Set<Source> sources = ConcurrentHashMap.newKeySet();

  private volatile IntPredicate served = port -> true;

  private record Source(long high, long low) {}

  /** Whether datagrams to upstreams have left from this address. */
  public boolean isSource(long addressHigh, long addressLow) {
    return sources.contains(new Source(addressHigh, addressLow));
  }

  /** Notes where datagrams to an upstream leave from. */
  void addSource(InetAddress address) {
    if (sources.size() >= MAX_SOURCES) {
      sources.clear();
    }
    sources.add(new Source(Addresses.high(address), Addresses.low(address)));
  }

  /** Tells which ports this server listens on; until then it may be any. */
  public void servedBy(IntPredicate listeners) {
    served = listeners;
  }

  /*
   * Whether a connection to this port may end at ourselves. To others it may well have the local
   * port of a client's connection: only both ends together are unique.
   */
  boolean mayBeServed(int port) {
    return served.test(port);
  }

  /** Whether one of our sockets has this local port. */
  public boolean contains(boolean stream, int port) {
    return sockets(stream).get(port) != 0;
  }

  void add(boolean stream, int port) {
    sockets(stream).incrementAndGet(port);
  }

  void remove(boolean stream, int port) {
    sockets(stream).decrementAndGet(port);
  }

  private AtomicIntegerArray sockets(boolean stream) {
    return stream ? connections : datagramSockets;
  }
}
