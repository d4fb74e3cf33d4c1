package dev.holdfast.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import jdk.net.ExtendedSocketOptions;

/**
 * A {@link ConnectedSocket} on a Netty channel, which works everywhere. Confined to one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures show on the channel.
final class ChannelConnectedSocket extends ChannelInboundHandlerAdapter implements ConnectedSocket {

  /*
   * Queries are spread over many sockets, so a second reply is rarely there: asking for it would be a
   * system call per reply. Where it is, the loop comes back at once.
   */
  private static final int MAX_DATAGRAMS_PER_READ = 1;

  private static final RecvByteBufAllocator RECEIVE_BUFFERS =
      new FixedRecvByteBufAllocator(MAX_DATAGRAM_LENGTH).maxMessagesPerRead(MAX_DATAGRAMS_PER_READ);

  private static final ChannelOption<Integer> IP_MTU_DISCOVER =
      new IntegerUnixChannelOption("IP_MTU_DISCOVER", PathMtu.IPPROTO_IP, PathMtu.IP_MTU_DISCOVER);
  private static final ChannelOption<Integer> IPV6_MTU_DISCOVER =
      new IntegerUnixChannelOption(
          "IPV6_MTU_DISCOVER", PathMtu.IPPROTO_IPV6, PathMtu.IPV6_MTU_DISCOVER);

  private final DatagramChannel channel;
  private final ConnectedHandler handler;
  private final byte[] datagram = new byte[MAX_DATAGRAM_LENGTH];
  private boolean open = true;

  private ChannelConnectedSocket(DatagramChannel channel, ConnectedHandler handler) {
    this.channel = channel;
    this.handler = handler;
  }

  static ChannelConnectedSocket open(
      EventLoop loop, NativeTransport transport, boolean ipv6, ConnectedHandler handler) {
    DatagramChannel channel = transport.newDatagramChannel(ipv6);
    try {
      configure(channel.config(), transport, ipv6);
      loop.register(channel).syncUninterruptibly();
      ChannelConnectedSocket socket = new ChannelConnectedSocket(channel, handler);
      channel.pipeline().addLast(socket);
      return socket;
    } catch (Throwable t) {
      channel.close();
      throw t;
    }
  }

  private static void configure(ChannelConfig config, NativeTransport transport, boolean ipv6) {
    config.setRecvByteBufAllocator(RECEIVE_BUFFERS);
    switch (transport) {
      case EPOLL -> config.setOption(ipv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, PathMtu.PROBE);
      case NIO ->
          config.setOption(NioChannelOption.of(ExtendedSocketOptions.IP_DONTFRAGMENT), true);
    }
  }

  @Override
  public boolean bind(InetSocketAddress address) {
    return channel.bind(address).isSuccess();
  }

  @Override
  public boolean connect(InetSocketAddress server) {
    return channel.connect(server).isSuccess();
  }

  @Override
  public InetSocketAddress localAddress() {
    return channel.localAddress();
  }

  @Override
  public void send(byte[] message, int length) {
    ByteBuf buffer = channel.alloc().directBuffer(length);
    buffer.writeBytes(message, 0, length);
    channel.writeAndFlush(buffer, channel.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf content = ((DatagramPacket) message).content();
    int length = content.readableBytes();
    content.readBytes(datagram, 0, length);
    content.release();
    if (open) {
      handler.received(datagram, length);
    }
  }

  /** The host's ICMP messages arrive here, as do errors of writing. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (open) {
      handler.failed(
          cause instanceof PortUnreachableException
              || (cause instanceof Errors.NativeIoException error
                  && error.expectedErr() == Errors.ERROR_ECONNREFUSED_NEGATIVE));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (open) {
      handler.failed(/* refused= */ false);
    }
  }

  @Override
  public void close() {
    open = false;
    channel.close();
  }
}
