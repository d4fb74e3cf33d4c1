package dev.holdfast.upstream;

import dev.holdfast.datagram.NativeTransport;
import java.net.InetAddress;

/** The transports and address families that the exchange is tested over. */
enum Network {
  EPOLL_IPV4(NativeTransport.EPOLL, "127.0.0.1"),
  EPOLL_IPV6(NativeTransport.EPOLL, "::1"),
  NIO_IPV4(NativeTransport.NIO, "127.0.0.1"),
  NIO_IPV6(NativeTransport.NIO, "::1");

  final NativeTransport transport;
  final InetAddress loopback;

  Network(NativeTransport transport, String loopback) {
    this.transport = transport;
    this.loopback = InetAddress.ofLiteral(loopback);
  }
}
