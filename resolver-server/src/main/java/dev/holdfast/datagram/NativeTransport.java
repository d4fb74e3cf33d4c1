package dev.holdfast.datagram;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.IntegerUnixChannelOption;

/**
 * The channels of this machine: epoll on Linux, NIO elsewhere or with {@code
 * -Ddev.holdfast.transport=nio}. Thread-safe.
 */
public enum NativeTransport {
  EPOLL,
  NIO;

  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;
  private static final IntegerUnixChannelOption IPV6_ONLY =
      new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY);

  private static final NativeTransport CURRENT =
      Epoll.isAvailable() && !"nio".equals(System.getProperty("dev.holdfast.transport"))
          ? EPOLL
          : NIO;

  /** The transport that this process uses. */
  public static NativeTransport current() {
    return CURRENT;
  }

  /** Why there is no epoll, or not all that goes with it. */
  static String shortfall() {
    if (CURRENT == EPOLL) {
      return "recvmmsg is known on 64-bit Linux alone";
    }
    Throwable cause = Epoll.unavailabilityCause();
    return cause == null ? "-Ddev.holdfast.transport=nio says so" : rootOf(cause).toString();
  }

  private static Throwable rootOf(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** Whether this machine has epoll, wanted or not. */
  static boolean epollAvailable() {
    return Epoll.isAvailable();
  }

  /** The event loops' input and output. */
  public IoHandlerFactory ioHandler() {
    return this == EPOLL ? StayingEpollHandler.newFactory() : NioIoHandler.newFactory();
  }

  /** An unbound datagram channel for IPv4 or for IPv6 alone. */
  public DatagramChannel newDatagramChannel(boolean ipv6) {
    SocketProtocolFamily family = ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    return this == EPOLL ? new EpollDatagramChannel(family) : new NioDatagramChannel(family);
  }

  /** An unconnected TCP channel. */
  public SocketChannel newSocketChannel() {
    return this == EPOLL ? new EpollSocketChannel() : new NioSocketChannel();
  }

  /** An unbound TCP listening channel for IPv4 or for IPv6 alone. */
  public ServerSocketChannel newServerSocketChannel(boolean ipv6) {
    if (this == NIO) {
      return new NioServerSocketChannel();
    }
    EpollServerSocketChannel channel =
        new EpollServerSocketChannel(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
    if (ipv6) {
      channel.config().setOption(IPV6_ONLY, 1);
    }
    return channel;
  }

  /** A TCP listening channel of a socket that listens already; on epoll only. */
  public static ServerSocketChannel adoptServerSocketChannel(FileDescriptor listening) {
    return new EpollServerSocketChannel(listening.intValue());
  }

  /** A channel of a TCP connection that is established already; on epoll only. */
  public static SocketChannel adoptSocketChannel(FileDescriptor connected) {
    return new EpollSocketChannel(connected.intValue());
  }

  /** An unbound TCP listening channel. */
  public ServerSocketChannel newServerSocketChannel() {
    return this == EPOLL ? new EpollServerSocketChannel() : new NioServerSocketChannel();
  }
}
