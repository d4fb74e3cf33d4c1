package dev.holdfast.upstream;

import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.Header;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection to one upstream with any number of queries on it, whose replies may come in any
 * order (RFC 7766 §6.2.1). Confined to one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures show on the channel.
final class TcpConnection extends ByteToMessageDecoder implements PendingQuery.Carrier, Runnable {

  private static final int LENGTH_BYTES = 2;
  private static final int CONNECT_TIMEOUT_MILLIS = 5000;

  /** Queries in a row that got no reply while nothing else came: the path is taken for dead. */
  private static final int SILENT_TIMEOUTS = 2;

  /** Queries without a reply that a connection remembers; the next one ends it. */
  private static final int MAX_LATE = 4096;

  /** Replies in a row that nobody asked for; the next one ends the connection. */
  private static final int MAX_NOT_ASKED = 16;

  private final ExchangeLoop loop;
  private final TcpConnections owner;
  private final SocketChannel channel;

  /** Queries that wait, and those that were too slow. */
  private final IntObjectMap<PendingQuery> queries = new IntObjectHashMap<>();

  private int waiting;
  private int silentTimeouts;
  private int notAsked;

  /** The local address when the connection ends at this server itself. */
  private @Nullable InetSocketAddress ownAddress;

  private boolean open;
  private boolean closed;
  private boolean answered;
  private long receivedAtNanos;
  private long idleSinceNanos;
  private @Nullable ScheduledFuture<?> idleTimer;

  private TcpConnection(ExchangeLoop loop, TcpConnections owner, SocketChannel channel) {
    this.loop = loop;
    this.owner = owner;
    this.channel = channel;
  }

  /** Begins to connect; null when the process or the machine has no socket left. */
  static @Nullable TcpConnection open(
      ExchangeLoop loop, TcpConnections owner, InetSocketAddress remote) {
    try {
      SocketChannel channel = loop.transport.newSocketChannel();
      channel.config().setOption(ChannelOption.TCP_NODELAY, true);
      channel.config().setConnectTimeoutMillis(CONNECT_TIMEOUT_MILLIS);
      TcpConnection connection = new TcpConnection(loop, owner, channel);
      channel.pipeline().addLast(connection);
      loop.eventLoop.register(channel);
      channel.connect(remote).addListener((ChannelFuture future) -> connection.connected(future));
      return connection;
    } catch (Exception none) {
      loop.count(Counter.UPSTREAM_SOCKET_FAILURES);
      return null;
    }
  }

  private void connected(ChannelFuture future) {
    if (!future.isSuccess()) {
      loop.eventLoop.execute(this::connectFailed);
    } else if (!closed) {
      open = true;
      loop.count(Counter.UPSTREAM_CONNECTIONS_OPENED);
      if (loop.ownSockets.isServed(channel.remoteAddress())) {
        ownAddress = channel.localAddress();
        loop.ownSockets.add(/* stream= */ true, ownAddress);
      }
      receivedAtNanos = loop.now();
      scheduleIdleCheck(loop.config.connectionIdle().toNanos());
      queries.forEach(this::write);
      channel.flush();
    }
  }

  /** Sends the query with an id of its own, after the connection is made. */
  void send(PendingQuery query) {
    int id = unusedId();
    queries.put(id, query);
    waiting++;
    query.sentOn(this, loop.now());
    if (open) {
      write(id, query);
      channel.flush();
    }
  }

  /**
   * Whether a query may be sent on it. A channel is closed a moment before the connection hears of
   * it, and a query sent then would be lost with it.
   */
  boolean isUsable() {
    return channel.isOpen();
  }

  /** Queries that wait for a reply. */
  int waiting() {
    return waiting;
  }

  private void write(int id, PendingQuery query) {
    if (!query.waiting()) {
      return;
    }
    query.sentOn(this, loop.now());
    int length = query.length();
    ByteBuf frame = channel.alloc().directBuffer(LENGTH_BYTES + length);
    frame.writeShort(length).writeShort(id);
    frame.writeBytes(query.message(), Header.FLAGS_OFFSET, length - Header.FLAGS_OFFSET);
    channel.write(frame, channel.voidPromise());
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    while (!closed && in.readableBytes() >= LENGTH_BYTES) {
      int length = in.getUnsignedShort(in.readerIndex());
      if (length < Header.LENGTH) {
        loop.count(Counter.UPSTREAM_BAD_FRAMES);
        lost();
      } else if (in.readableBytes() < LENGTH_BYTES + length) {
        return;
      } else {
        in.skipBytes(LENGTH_BYTES).readBytes(loop.reply, 0, length);
        received(length);
      }
    }
    if (closed) {
      in.skipBytes(in.readableBytes());
    }
  }

  private void received(int length) {
    receivedAtNanos = loop.now();
    silentTimeouts = 0;
    int id = Header.uint16(loop.reply, Header.ID_OFFSET);
    PendingQuery query = queries.get(id);
    if (query == null) {
      loop.count(Counter.UPSTREAM_NEAR_MISS_ID);
      notAsked();
      return;
    }
    boolean wasWaiting = query.waiting();
    if (query.offer(loop.reply, length)) {
      notAsked = 0;
      answered = true;
      owner.answered();
    } else {
      query.fail(FailureKind.NEAR_MISSES); // Only the upstream itself can have said this.
      notAsked();
    }
    if (query.ended() && queries.remove(id) != null && wasWaiting) {
      stopWaiting();
    }
  }

  private void notAsked() {
    if (++notAsked > MAX_NOT_ASKED) {
      lost();
    }
  }

  @Override
  public void timedOut(PendingQuery query) {
    stopWaiting();
    if (!open) {
      if (waiting == 0) {
        connectFailed();
      }
      return;
    }
    boolean silent = receivedAtNanos - query.sentAtNanos() <= 0;
    if (silent && ++silentTimeouts >= SILENT_TIMEOUTS) {
      loop.count(Counter.UPSTREAM_CONNECTIONS_SILENT);
      lost();
    } else {
      limitLate();
    }
  }

  @Override
  public void withdrawn(PendingQuery query) {
    stopWaiting();
    limitLate();
  }

  private void limitLate() {
    if (queries.size() - waiting > MAX_LATE) {
      lost();
    }
  }

  private void stopWaiting() {
    if (--waiting == 0) {
      idleSinceNanos = loop.now();
    }
  }

  /** Closes the connection when it is idle for long. */
  @Override
  public void run() {
    long idleNanos = waiting > 0 ? 0 : loop.now() - idleSinceNanos;
    long restNanos = loop.config.connectionIdle().toNanos() - idleNanos;
    if (restNanos <= 0) {
      close();
    } else {
      scheduleIdleCheck(restNanos);
    }
  }

  private void scheduleIdleCheck(long delayNanos) {
    idleTimer = loop.eventLoop.schedule(this, delayNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      loop.failures.record(cause);
    }
    loop.eventLoop.execute(this::lost);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    super.channelInactive(context);
    lost();
  }

  private void connectFailed() {
    if (!closed) {
      loop.count(Counter.UPSTREAM_CONNECTIONS_FAILED);
      owner.backOff();
      end().forEach(query -> query.fail(FailureKind.REFUSED_CONNECTION));
    }
  }

  /** The upstream or the network has ended the connection, or it is of no use any more. */
  private void lost() {
    if (closed) {
      return;
    }
    List<PendingQuery> stranded = end();
    if (!stranded.isEmpty()) {
      loop.count(Counter.UPSTREAM_CONNECTIONS_LOST);
      if (!answered) {
        owner.backOff();
      }
      owner.retry(stranded);
    }
  }

  /** Ends the connection and the queries that wait on it. */
  void close() {
    if (!closed) {
      end().forEach(query -> query.fail(FailureKind.NETWORK_ERROR));
    }
  }

  /** Frees what the connection holds; returns the queries that wait on it. */
  private List<PendingQuery> end() {
    closed = true;
    owner.ended(this);
    if (ownAddress != null) {
      loop.ownSockets.remove(/* stream= */ true, ownAddress);
    }
    if (idleTimer != null) {
      idleTimer.cancel(false);
    }
    channel.close();
    List<PendingQuery> stranded = queries.values().stream().filter(PendingQuery::waiting).toList();
    queries.clear();
    return stranded;
  }

  private int unusedId() {
    int id;
    do {
      id = loop.random.next16Bits();
    } while (queries.containsKey(id));
    return id;
  }
}
