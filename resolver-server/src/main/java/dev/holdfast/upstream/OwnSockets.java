package dev.holdfast.upstream;

import dev.holdfast.datagram.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The local addresses and ports of this process's sockets towards upstreams: a query from one of
 * them was forwarded to ourselves. UDP and TCP apart, because another program may have the same
 * port of the other protocol. As many as there are sockets. Thread-safe.
 */
public final class OwnSockets {

  /* Counts, because connections to different upstreams may share a port. */
  private final Map<Endpoint, Integer> datagramSockets = new ConcurrentHashMap<>();
  private final Map<Endpoint, Integer> connections = new ConcurrentHashMap<>();

  private volatile Predicate<InetSocketAddress> served = address -> true;

  private record Endpoint(long high, long low, int port) {

    static Endpoint of(InetSocketAddress address) {
      InetAddress host = address.getAddress();
      return new Endpoint(Addresses.high(host), Addresses.low(host), address.getPort());
    }
  }

  /** Tells where this server listens; until then it may be anywhere. */
  public void servedBy(Predicate<InetSocketAddress> listeners) {
    served = listeners;
  }

  /*
   * Whether a connection to this address ends at ourselves. To others it may well have the local
   * address and port of a client's connection: only both ends together are unique.
   */
  boolean isServed(InetSocketAddress remote) {
    return served.test(remote);
  }

  /** Whether one of our sockets has this local address and port. */
  public boolean contains(boolean stream, long addressHigh, long addressLow, int port) {
    return sockets(stream).containsKey(new Endpoint(addressHigh, addressLow, port));
  }

  /** Whether there is none. */
  boolean isEmpty() {
    return datagramSockets.isEmpty() && connections.isEmpty();
  }

  void add(boolean stream, InetSocketAddress local) {
    sockets(stream).merge(Endpoint.of(local), 1, Integer::sum);
  }

  void remove(boolean stream, InetSocketAddress local) {
    sockets(stream)
        .computeIfPresent(Endpoint.of(local), (each, count) -> count == 1 ? null : count - 1);
  }

  private Map<Endpoint, Integer> sockets(boolean stream) {
    return stream ? connections : datagramSockets;
  }
}
