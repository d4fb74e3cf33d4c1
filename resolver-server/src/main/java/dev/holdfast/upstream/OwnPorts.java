package dev.holdfast.upstream;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The local ports of this process's sockets towards upstreams: a query from one of them was
 * forwarded to ourselves. Thread-safe and lock-free.
 */
public final class OwnPorts {

  /* A count, because UDP and TCP, IPv4 and IPv6, and connections to different upstreams share. */
  private final AtomicIntegerArray socketsByPort = new AtomicIntegerArray(1 << 16);

  /** Whether one of our sockets has this local port. */
  public boolean contains(int port) {
    return socketsByPort.get(port) != 0;
  }

  void add(int port) {
    socketsByPort.incrementAndGet(port);
  }

  void remove(int port) {
    socketsByPort.decrementAndGet(port);
  }
}
