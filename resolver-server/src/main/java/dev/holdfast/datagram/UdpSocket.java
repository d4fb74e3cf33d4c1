package dev.holdfast.datagram;

import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A non-blocking Linux UDP socket of one address family. It never fragments, whatever path MTU
 * somebody claims (RFC 9715 §3.1), and on a wildcard address tells which local address was asked.
 * Thread-safe.
 */
final class UdpSocket extends Socket {

  private static final Logger logger = LoggerFactory.getLogger(UdpSocket.class);

  private static final int IP_PKTINFO = 8;
  private static final int IPV6_V6ONLY = 26;
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int IPV6_DONTFRAG = 62;

  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUFFORCE = 33;

  /**
   * Room for some ten thousand queries that arrive while the loop is busy or has no processor; as
   * much as net.core.rmem_max allows, or all of it with CAP_NET_ADMIN.
   */
  private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

  /** As much as net.core.wmem_max allows of it. */
  private static final int SEND_BUFFER_BYTES = 1 << 20;

  private static final AtomicBoolean SMALL_BUFFER_TOLD = new AtomicBoolean();

  private static final InetAddress LOOPBACK_IPV4 = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress LOOPBACK_IPV6 = InetAddress.ofLiteral("::1");

  private final boolean wildcard;

  private UdpSocket(boolean ipv6, boolean wildcard) {
    super(newSocketDgram0(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET));
    this.wildcard = wildcard;
  }

  private UdpSocket(FileDescriptor bound) {
    super(bound.intValue());
    this.wildcard = localAddress().getAddress().isAnyLocalAddress();
  }

  /** Takes over a socket that another {@link #bind} has made, in whatever process. */
  static UdpSocket adopt(FileDescriptor bound) {
    return new UdpSocket(bound);
  }

  /**
   * Binds a new socket to {@code address}.
   *
   * @param shared whether further sockets may be bound to the same address
   */
  static UdpSocket bind(InetSocketAddress address, boolean shared) throws IOException {
    UdpSocket socket =
        new UdpSocket(
            address.getAddress() instanceof Inet6Address, address.getAddress().isAnyLocalAddress());
    try {
      socket.configure(shared);
      socket.bind(address);
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Connects it to its own address, from which nothing ever comes. */
  void connectToSelf() throws IOException {
    InetSocketAddress own = localAddress();
    connect(
        own.getAddress().isAnyLocalAddress()
            ? new InetSocketAddress(ipv6 ? LOOPBACK_IPV6 : LOOPBACK_IPV4, own.getPort())
            : own);
  }

  private void enlargeReceiveBuffer() throws IOException {
    try {
      setIntOpt(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES);
    } catch (IOException | ChannelException notPrivileged) {
      setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    }
    int granted = getReceiveBufferSize() / 2; // Linux doubles it for its own needs
    if (granted < RECEIVE_BUFFER_BYTES && !SMALL_BUFFER_TOLD.getAndSet(true)) {
      logger.info(
          "receive buffers have {} KiB; sysctl net.core.rmem_max={} lets bursts of queries wait",
          granted >> 10,
          RECEIVE_BUFFER_BYTES);
    }
  }

  private void configure(boolean shared) throws IOException {
    setReusePort(shared);
    enlargeReceiveBuffer();
    setSendBufferSize(SEND_BUFFER_BYTES);
    if (ipv6) {
      setIntOpt(PathMtu.IPPROTO_IPV6, IPV6_V6ONLY, 1);
      setIntOpt(PathMtu.IPPROTO_IPV6, PathMtu.IPV6_MTU_DISCOVER, PathMtu.PROBE);
      setIntOpt(PathMtu.IPPROTO_IPV6, IPV6_DONTFRAG, 1);
      setIntOpt(PathMtu.IPPROTO_IPV6, IPV6_RECVPKTINFO, wildcard ? 1 : 0);
    } else {
      setIntOpt(PathMtu.IPPROTO_IP, PathMtu.IP_MTU_DISCOVER, PathMtu.PROBE);
      setIntOpt(PathMtu.IPPROTO_IP, IP_PKTINFO, wildcard ? 1 : 0);
    }
  }
}
