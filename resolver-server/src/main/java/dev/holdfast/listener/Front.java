package dev.holdfast.listener;

import dev.holdfast.datagram.NativeTransport;
import java.util.List;

/**
 * The listeners of every loop, and which of them bind: on epoll every loop has its own sockets and
 * the kernel spreads the clients (SO_REUSEPORT), elsewhere the first loop has the only ones.
 */
record Front(List<UdpListener> udp, List<TcpListener> tcp) {

  boolean shared() {
    return NativeTransport.current() == NativeTransport.EPOLL;
  }

  List<UdpListener> udpBinders() {
    return shared() ? udp : udp.subList(0, 1);
  }

  List<TcpListener> tcpBinders() {
    return shared() ? tcp : tcp.subList(0, 1);
  }

  /** Where connections go that {@code binder} accepts. */
  List<TcpListener> targets(TcpListener binder) {
    return shared() ? List.of(binder) : tcp;
  }
}
