package dev.holdfast.listener;

import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.UnexpectedFailures;
import dev.holdfast.resolve.Client;
import dev.holdfast.resolve.Resolver;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The client connections of one event loop, their deadlines, and the buffers they share. Confined
 * to that loop, except {@link #bind}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures show on the channel.
final class TcpListener {

  /** Longest message of a two-byte length (RFC 1035 §4.2.2). */
  private static final int MAX_QUERY_LENGTH = 65_535;

  private static final long MAX_SWEEP_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int SWEEPS_PER_TIMEOUT = 5;
  private static final long HAND_OVER_PERIOD_MILLIS = 5;

  private final ListenerLoop loop;
  private final ConnectionTable table;
  private final LongSupplier nanoClock;
  private final UnexpectedFailures failures;
  private final Set<TcpConnection> connections = new HashSet<>();
  private final byte[] query = new byte[MAX_QUERY_LENGTH];
  private final byte[] response = new byte[Resolver.MAX_RESPONSE_LENGTH];
  private TcpConfig config;
  private @Nullable ScheduledFuture<?> sweep;
  private boolean stopped;
  private volatile int connectionCount;

  TcpListener(ListenerLoop loop, TcpConfig config, ConnectionTable table, LongSupplier nanoClock) {
    this.loop = loop;
    this.config = config;
    this.table = table;
    this.nanoClock = nanoClock;
    this.failures = new UnexpectedFailures(loop.counters());
  }

  /**
   * Accepts connections to {@code address} on this loop and spreads them over {@code targets};
   * waits until it is bound, so not to be called on a loop.
   */
  Channel bind(InetSocketAddress address, boolean shared, List<TcpListener> targets) {
    NativeTransport transport = NativeTransport.current();
    ServerSocketChannel channel =
        transport.newServerSocketChannel(address.getAddress() instanceof Inet6Address);
    channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    if (transport == NativeTransport.EPOLL) {
      channel.config().setOption(EpollChannelOption.SO_REUSEPORT, shared);
    }
    channel.pipeline().addLast(new TcpAcceptor(table, loop.counters(), targets));
    try {
      loop.loop().register(channel).syncUninterruptibly();
      channel.bind(address).syncUninterruptibly();
    } catch (Throwable t) {
      channel.close();
      throw t;
    }
    return channel;
  }

  /** Accepts on a listening socket of another process; not to be called on a loop. */
  Channel adopt(FileDescriptor listening, List<TcpListener> targets) {
    ServerSocketChannel channel = NativeTransport.adoptServerSocketChannel(listening);
    channel.pipeline().addLast(new TcpAcceptor(table, loop.counters(), targets));
    loop.loop().register(channel).syncUninterruptibly();
    return channel;
  }

  /** Goes on with a client's connection to another process. */
  void adoptConnection(FileDescriptor connected) {
    TcpAcceptor acceptor = new TcpAcceptor(table, loop.counters(), List.of(this));
    loop.loop().execute(() -> acceptor.accept(NativeTransport.adoptSocketChannel(connected)));
  }

  /**
   * Lets another process go on with the connections, each as soon as nothing of it is left here;
   * tries for as long as {@code more} says so.
   */
  void handOverConnections(Successor successor, BooleanSupplier more) {
    List.copyOf(connections).forEach(connection -> connection.handOver(successor));
    if (!connections.isEmpty() && more.getAsBoolean()) {
      loop.loop()
          .schedule(
              () -> handOverConnections(successor, more),
              HAND_OVER_PERIOD_MILLIS,
              TimeUnit.MILLISECONDS);
    }
  }

  /** Number of connections; callable from any thread. */
  int connectionCount() {
    return connectionCount;
  }

  ListenerLoop loop() {
    return loop;
  }

  TcpConfig config() {
    return config;
  }

  UnexpectedFailures failures() {
    return failures;
  }

  long nowNanos() {
    return nanoClock.getAsLong();
  }

  /** Where a connection puts the query that is handed to {@link #resolve}. */
  byte[] query() {
    return query;
  }

  /** Where {@link #resolve} leaves the response. */
  byte[] response() {
    return response;
  }

  /** Resolves the first {@code length} bytes of {@link #query}. */
  int resolve(int length, Client client, long nowNanos) {
    loop.counters().increment(Counter.QUERIES_TCP);
    try {
      return loop.resolver().resolve(query, 0, length, client, nowNanos, response);
    } catch (Throwable t) {
      failures.record(t);
      return ServerFailure.write(query, length, response);
    }
  }

  void opened(TcpConnection connection) {
    loop.counters().increment(Counter.TCP_CONNECTIONS_OPENED);
    connections.add(connection);
    connectionCount = connections.size();
    if (sweep == null) {
      startSweeping();
    }
    if (stopped) {
      connection.stopReading();
    }
  }

  void closed(TcpConnection connection) {
    loop.counters().increment(Counter.TCP_CONNECTIONS_CLOSED);
    connections.remove(connection);
    connectionCount = connections.size();
    if (connections.isEmpty() && sweep != null) {
      sweep.cancel(false);
      sweep = null;
    }
  }

  /** Goes on with other bounds, for the connections that are open too. */
  void reconfigure(TcpConfig newConfig) {
    config = newConfig;
    if (sweep != null) {
      sweep.cancel(false);
      startSweeping();
    }
  }

  private void startSweeping() {
    long period = sweepPeriodNanos();
    sweep =
        loop.loop()
            .scheduleWithFixedDelay(this::closeOverdue, period, period, TimeUnit.NANOSECONDS);
  }

  /** Reads no more queries; a connection closes once its queries are answered. */
  void stopReading() {
    stopped = true;
    List.copyOf(connections).forEach(TcpConnection::stopReading);
  }

  /** Closes every connection. */
  void close() {
    List.copyOf(connections).forEach(TcpConnection::close);
  }

  private void closeOverdue() {
    long nowNanos = nowNanos();
    long idleNanos = table.idleTimeoutNanos();
    List<TcpConnection> overdue = new ArrayList<>();
    for (TcpConnection connection : connections) {
      Counter reason = connection.overdue(nowNanos, idleNanos);
      if (reason != null) {
        loop.counters().increment(reason);
        overdue.add(connection);
      }
    }
    overdue.forEach(TcpConnection::close);
  }

  private long sweepPeriodNanos() {
    long shortest =
        Math.min(
            config.firstQueryTimeout().toNanos(),
            Math.min(config.idleTimeout().toNanos(), config.unwritableTimeout().toNanos()));
    return Math.min(shortest / SWEEPS_PER_TIMEOUT, MAX_SWEEP_PERIOD_NANOS);
  }
}
