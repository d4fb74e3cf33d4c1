package dev.holdfast.listener;

import dev.holdfast.datagram.Addresses;
import dev.holdfast.datagram.DatagramPeer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The listening sockets of this server seen as senders: a datagram from one of them is a reflection
 * and must not be answered, or the server would talk to itself forever. Thread-safe.
 */
final class OwnSources {

  private final LocalAddresses localAddresses;
  private volatile Source[] sources = {};

  OwnSources(LocalAddresses localAddresses) {
    this.localAddresses = localAddresses;
  }

  /** Sets the addresses that this server listens on. */
  void set(List<InetSocketAddress> listening) {
    sources = listening.stream().map(Source::of).toArray(Source[]::new);
  }

  boolean contains(DatagramPeer peer) {
    return contains(peer.addressHigh(), peer.addressLow(), peer.port(), peer.scopeId());
  }

  boolean contains(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    return contains(
        Addresses.high(host), Addresses.low(host), address.getPort(), Addresses.scopeId(host));
  }

  private boolean contains(long high, long low, int port, int scopeId) {
    for (Source source : sources) {
      if (source.port == port && matches(source, high, low, scopeId)) {
        return true;
      }
    }
    return false;
  }

  private boolean matches(Source source, long high, long low, int scopeId) {
    if (!source.wildcard) {
      return source.high == high && source.low == low;
    }
    return source.ipv6 != Addresses.isIpv4(high, low)
        && (Addresses.isLoopback(high, low)
            || localAddresses.contains(Addresses.toInetAddress(high, low, scopeId)));
  }

  private record Source(long high, long low, int port, boolean wildcard, boolean ipv6) {

    static Source of(InetSocketAddress listening) {
      InetAddress address = listening.getAddress();
      return new Source(
          Addresses.high(address),
          Addresses.low(address),
          listening.getPort(),
          address.isAnyLocalAddress(),
          address instanceof Inet6Address);
    }
  }
}
