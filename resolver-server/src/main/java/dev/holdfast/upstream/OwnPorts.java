package dev.holdfast.upstream;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The local ports of this process's sockets towards upstreams: a query from one of them was
 * forwarded to ourselves. UDP and TCP apart, because another program may have the same port of the
 * other protocol. Thread-safe and lock-free.
 */
public final class OwnPorts {

  /* Counts, because IPv4 and IPv6, and connections to different upstreams share a port. */
  private final AtomicIntegerArray datagramSockets = new AtomicIntegerArray(1 << 16);
  private final AtomicIntegerArray connections = new AtomicIntegerArray(1 << 16);

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
