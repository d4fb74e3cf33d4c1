package dev.holdfast.demo;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;

/** The UDP socket and the TCP listening socket of one port. */
record Sockets(DatagramChannel udp, ServerSocketChannel tcp) {

  private static final int MAX_PORTS_TRIED = 64;
  private static final int UDP_BUFFER_BYTES = 4 << 20;
  private static final int TCP_BACKLOG = 256;

  /** Binds both; with port 0, to a port that is free for both. */
  static Sockets bind(InetSocketAddress address) throws IOException {
    IOException last = new IOException("no port tried");
    for (int tried = 0; tried < (address.getPort() == 0 ? MAX_PORTS_TRIED : 1); tried++) {
      DatagramChannel udp = bindUdp(address);
      try {
        return new Sockets(udp, bindTcp((InetSocketAddress) udp.getLocalAddress()));
      } catch (IOException e) {
        closeQuietly(udp);
        last = e;
      }
    }
    throw last;
  }

  static DatagramChannel bindUdp(InetSocketAddress address) throws IOException {
    DatagramChannel udp = DatagramChannel.open(family(address));
    try {
      udp.setOption(StandardSocketOptions.SO_RCVBUF, UDP_BUFFER_BYTES);
      udp.setOption(StandardSocketOptions.SO_SNDBUF, UDP_BUFFER_BYTES);
      udp.configureBlocking(false);
      return udp.bind(address);
    } catch (IOException e) {
      closeQuietly(udp);
      throw new IOException("udp " + address + ": " + e.getMessage(), e);
    }
  }

  static ServerSocketChannel bindTcp(InetSocketAddress address) throws IOException {
    ServerSocketChannel tcp = ServerSocketChannel.open(family(address));
    try {
      tcp.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      tcp.configureBlocking(false);
      return tcp.bind(address, TCP_BACKLOG);
    } catch (IOException e) {
      closeQuietly(tcp);
      throw new IOException("tcp " + address + ": " + e.getMessage(), e);
    }
  }

  static void closeQuietly(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The descriptor is gone either way.
    }
  }

  private static ProtocolFamily family(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address
        ? StandardProtocolFamily.INET6
        : StandardProtocolFamily.INET;
  }
}
