package dev.holdfast.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A {@link DatagramPort} on a Netty channel, which works everywhere. It cannot tell which local
 * address was asked, so it must not be bound to a wildcard address. Confined to one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures show on the channel.
final class ChannelDatagramPort extends ChannelInboundHandlerAdapter implements DatagramPort {

  private static final int MAX_RESPONSE_LENGTH = 65_535;
  private static final int MAX_UNSENT_BYTES = 1 << 20;

  private final DatagramChannel channel;
  private final DatagramHandler handler;
  private final DatagramPeer peer = new DatagramPeer();
  private final byte[] datagram = new byte[MAX_DATAGRAM_LENGTH];
  private final byte[] response = new byte[MAX_RESPONSE_LENGTH];
  private boolean inBatch;

  private ChannelDatagramPort(DatagramChannel channel, DatagramHandler handler) {
    this.channel = channel;
    this.handler = handler;
  }

  /**
   * Binds {@code address} on {@code loop} and waits for it; not to be called on a loop.
   *
   * @param shared whether further sockets may be bound to the same address
   */
  static ChannelDatagramPort bind(
      EventLoop loop, InetSocketAddress address, boolean shared, DatagramHandler handler) {
    NativeTransport transport = NativeTransport.current();
    DatagramChannel channel =
        transport.newDatagramChannel(address.getAddress() instanceof Inet6Address);
    ChannelDatagramPort port = new ChannelDatagramPort(channel, handler);
    channel
        .config()
        .setRecvByteBufAllocator(
            new FixedRecvByteBufAllocator(MAX_DATAGRAM_LENGTH + 1).maxMessagesPerRead(MAX_BATCH))
        .setWriteBufferWaterMark(new WriteBufferWaterMark(MAX_UNSENT_BYTES, MAX_UNSENT_BYTES));
    if (transport == NativeTransport.EPOLL) {
      channel.config().setOption(EpollChannelOption.SO_REUSEPORT, shared);
    }
    channel.pipeline().addLast(port);
    try {
      loop.register(channel).syncUninterruptibly();
      channel.bind(address).syncUninterruptibly();
    } catch (Throwable t) {
      channel.close();
      throw t;
    }
    return port;
  }

  @Override
  public InetSocketAddress localAddress() {
    return channel.localAddress();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    try {
      if (!inBatch) {
        inBatch = true;
        handler.beginBatch();
      }
      receive(packet);
    } finally {
      packet.release();
    }
  }

  private void receive(DatagramPacket packet) {
    ByteBuf content = packet.content();
    int length = content.readableBytes();
    if (length > MAX_DATAGRAM_LENGTH) {
      handler.oversize();
      return;
    }
    content.getBytes(content.readerIndex(), datagram, 0, length);
    InetSocketAddress sender = packet.sender();
    InetAddress address = sender.getAddress();
    peer.setSender(
        Addresses.high(address),
        Addresses.low(address),
        sender.getPort(),
        Addresses.scopeId(address));
    int responseLength = handler.handle(this, peer, datagram, length, response);
    if (responseLength > 0) {
      write(sender, response, responseLength);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    channel.flush();
    if (inBatch) {
      inBatch = false;
      handler.endBatch();
    }
  }

  @Override
  public void send(DatagramPeer to, byte[] message, int length) {
    write(to.senderAddress(), message, length);
    if (!inBatch) {
      channel.flush();
    }
  }

  private void write(InetSocketAddress to, byte[] message, int length) {
    if (!channel.isWritable()) {
      handler.failed();
      return;
    }
    ByteBuf buffer = channel.alloc().directBuffer(length).writeBytes(message, 0, length);
    channel.write(new DatagramPacket(buffer, to), channel.voidPromise());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    handler.failed();
  }

  @Override
  public void stopReading() {
    channel.config().setOption(ChannelOption.AUTO_READ, false);
  }

  @Override
  public void retire() {
    stopReading();
  }

  @Override
  public void close() {
    channel.close();
  }
}
