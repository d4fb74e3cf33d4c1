package dev.holdfast.upstream;

import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.Header;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket that is connected to one upstream from an unpredictable port. It takes a random
 * number of queries for a limited time and closes when the last of them has ended. Confined to one
 * event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures show on the channel.
final class UdpSocket extends ChannelInboundHandlerAdapter
    implements PendingQuery.Carrier, Runnable {

  private static final int FIRST_PORT = 1024;
  private static final int PORTS = (1 << 16) - FIRST_PORT;
  private static final int PORT_ATTEMPTS = 16;

  /** Longest reply that is read; we announce less (RFC 9715 §3.2). */
  private static final int MAX_DATAGRAM_BYTES = 4096;

  /*
   * Queries are spread over many sockets, so a second reply is rarely there: asking for it would be a
   * system call per reply. Where it is, the loop comes back at once.
   */
  private static final int MAX_DATAGRAMS_PER_READ = 1;

  private static final RecvByteBufAllocator RECEIVE_BUFFERS =
      new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES).maxMessagesPerRead(MAX_DATAGRAMS_PER_READ);

  private static final int FIRST_CAPACITY = 4;
  private static final int NOT_FOUND = -1;
  private static final InetAddress ANY_IPV4 = InetAddress.ofLiteral("0.0.0.0");
  private static final InetAddress ANY_IPV6 = InetAddress.ofLiteral("::");

  /*
   * Linux: don't-fragment is set and path MTU messages, which others can forge, are not believed.
   * Values of linux/in.h and linux/in6.h.
   */
  private static final int MTU_DISCOVER_PROBE = 3;
  private static final ChannelOption<Integer> IP_MTU_DISCOVER =
      new IntegerUnixChannelOption("IP_MTU_DISCOVER", /* level= IPPROTO_IP */ 0, 10);
  private static final ChannelOption<Integer> IPV6_MTU_DISCOVER =
      new IntegerUnixChannelOption("IPV6_MTU_DISCOVER", /* level= IPPROTO_IPV6 */ 41, 23);

  private final ExchangeLoop loop;
  private final UdpSockets owner;
  private final DatagramChannel channel;
  private final int port;
  private final int maxQueries;
  private final boolean connected;

  /** Ids of all queries so far, at the index of the query. */
  private char[] ids = new char[FIRST_CAPACITY];

  /** Queries that wait or were too slow; null once a reply has come or they were given up. */
  private @Nullable PendingQuery[] queries = new PendingQuery[FIRST_CAPACITY];

  private int sent;
  private int waiting;
  private int nearMisses;
  private boolean retired;
  private boolean closed;
  private @Nullable ScheduledFuture<?> ageTimer;

  private UdpSocket(
      ExchangeLoop loop, UdpSockets owner, DatagramChannel channel, int port, boolean connected) {
    this.loop = loop;
    this.owner = owner;
    this.channel = channel;
    this.port = port;
    this.connected = connected;
    int spread = loop.config.maxQueriesPerSocket() - loop.config.minQueriesPerSocket() + 1;
    this.maxQueries = loop.config.minQueriesPerSocket() + loop.random.nextBelow(spread);
  }

  /** Opens a socket; null when the process or the machine has none left. */
  static @Nullable UdpSocket open(ExchangeLoop loop, UdpSockets owner, InetSocketAddress remote) {
    boolean ipv6 = remote.getAddress() instanceof Inet6Address;
    DatagramChannel channel = null;
    try {
      channel = loop.transport.newDatagramChannel(ipv6);
      configure(channel.config(), loop.transport, ipv6);
      loop.eventLoop.register(channel).syncUninterruptibly();
      int port = bind(loop, channel, ipv6 ? ANY_IPV6 : ANY_IPV4);
      boolean connected = channel.connect(remote).isSuccess();
      UdpSocket socket = new UdpSocket(loop, owner, channel, port, connected);
      socket.start();
      return socket;
    } catch (Exception none) {
      loop.count(Counter.UPSTREAM_SOCKET_FAILURES);
      if (channel != null) {
        channel.close();
      }
      return null;
    }
  }

  private static void configure(ChannelConfig config, NativeTransport transport, boolean ipv6) {
    config.setRecvByteBufAllocator(RECEIVE_BUFFERS);
    switch (transport) {
      case EPOLL ->
          config.setOption(ipv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, MTU_DISCOVER_PROBE);
      case NIO ->
          config.setOption(NioChannelOption.of(ExtendedSocketOptions.IP_DONTFRAGMENT), true);
    }
  }

  /** Binds to a random port, after some that are taken to one that the system chooses. */
  private static int bind(ExchangeLoop loop, DatagramChannel channel, InetAddress any) {
    for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      int port = FIRST_PORT + loop.random.nextBelow(PORTS);
      ChannelFuture bound = channel.bind(new InetSocketAddress(any, port));
      if (bound.isSuccess()) {
        return port;
      }
      loop.count(Counter.UPSTREAM_PORTS_TAKEN);
    }
    channel.bind(new InetSocketAddress(any, 0)).syncUninterruptibly();
    return channel.localAddress().getPort();
  }

  private void start() {
    loop.count(Counter.UPSTREAM_SOCKETS_OPENED);
    loop.ownPorts.add(/* stream= */ false, port);
    if (connected) {
      loop.ownPorts.addSource(channel.localAddress().getAddress());
    }
    channel.pipeline().addLast(this);
    ageTimer =
        loop.eventLoop.schedule(this, loop.config.socketAge().toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Sends {@code message} with an id of its own. */
  void send(PendingQuery query, byte[] message, int length) {
    if (!connected) {
      query.failLater(FailureKind.NETWORK_ERROR);
      retire();
      return;
    }
    int id = unusedId();
    if (sent == ids.length) {
      ids = Arrays.copyOf(ids, 2 * sent);
      queries = Arrays.copyOf(queries, 2 * sent);
    }
    ids[sent] = (char) id;
    queries[sent++] = query;
    waiting++;
    query.sentOn(this);
    ByteBuf datagram = channel.alloc().directBuffer(length);
    datagram.writeShort(id).writeBytes(message, Header.FLAGS_OFFSET, length - Header.FLAGS_OFFSET);
    channel.writeAndFlush(datagram, channel.voidPromise());
    if (sent == maxQueries) {
      retire();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf content = ((DatagramPacket) message).content();
    int length = content.readableBytes();
    content.readBytes(loop.reply, 0, length);
    content.release();
    if (!closed) {
      received(length);
    }
  }

  private void received(int length) {
    boolean hasHeader = length >= Header.LENGTH;
    int index = hasHeader ? indexOf(Header.uint16(loop.reply, Header.ID_OFFSET)) : NOT_FOUND;
    if (index == NOT_FOUND) {
      loop.count(hasHeader ? Counter.UPSTREAM_NEAR_MISS_ID : Counter.UPSTREAM_NEAR_MISS_SHAPE);
      nearMissForAll();
      return;
    }
    PendingQuery query = queries[index];
    if (query == null) {
      loop.count(Counter.UPSTREAM_LATE_REPLIES);
      return;
    }
    boolean wasWaiting = query.waiting();
    if (!query.offer(loop.reply, length)) {
      nearMissHere();
    }
    if (query.ended()) {
      queries[index] = null;
      if (wasWaiting) {
        stopWaiting();
      }
    }
  }

  private void nearMissForAll() {
    nearMissHere();
    for (int i = 0; i < sent; i++) {
      PendingQuery query = queries[i];
      if (query != null && query.waiting() && query.nearMiss()) {
        queries[i] = null;
        stopWaiting();
      }
    }
  }

  /** Somebody may be guessing: the port is not used for new queries after a few of these. */
  private void nearMissHere() {
    if (++nearMisses >= loop.config.nearMisses()) {
      retire();
    }
  }

  @Override
  public void timedOut(PendingQuery query) {
    stopWaiting();
  }

  private void stopWaiting() {
    waiting--;
    if (retired && waiting == 0) {
      close();
    }
  }

  /** The socket is too old. */
  @Override
  public void run() {
    retire();
  }

  private void retire() {
    if (!retired) {
      retired = true;
      owner.retired(this);
    }
    if (waiting == 0) {
      close();
    }
  }

  /** The host's ICMP messages arrive here, as do errors of writing. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    FailureKind kind =
        isRefused(cause) ? FailureKind.REFUSED_CONNECTION : FailureKind.NETWORK_ERROR;
    if (kind == FailureKind.NETWORK_ERROR) {
      loop.count(Counter.UPSTREAM_SOCKET_FAILURES);
    }
    if (!(cause instanceof IOException)) {
      loop.failures.record(cause);
    }
    retire();
    loop.eventLoop.execute(() -> fail(kind));
  }

  private static boolean isRefused(Throwable cause) {
    return cause instanceof PortUnreachableException
        || (cause instanceof Errors.NativeIoException error
            && error.expectedErr() == Errors.ERROR_ECONNREFUSED_NEGATIVE);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(FailureKind.NETWORK_ERROR);
  }

  /** Ends the socket and all queries that wait on it. */
  void fail(FailureKind kind) {
    if (closed) {
      return;
    }
    close();
    for (int i = 0; i < sent; i++) {
      PendingQuery query = queries[i];
      if (query != null) {
        query.fail(kind);
      }
    }
  }

  private void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!retired) {
      retired = true;
      owner.retired(this);
    }
    owner.closed(this);
    loop.ownPorts.remove(/* stream= */ false, port);
    if (ageTimer != null) {
      ageTimer.cancel(false);
    }
    channel.close();
  }

  private int unusedId() {
    int id;
    do {
      id = loop.random.next16Bits();
    } while (indexOf(id) != NOT_FOUND);
    return id;
  }

  private int indexOf(int id) {
    for (int i = 0; i < sent; i++) {
      if (ids[i] == id) {
        return i;
      }
    }
    return NOT_FOUND;
  }
}
