package dev.holdfast.upstream;

import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The exchange over real sockets: a rotating pool of connected UDP sockets and a few pipelined TCP
 * connections per upstream. Confined to one event loop.
 */
public final class NettyExchange implements Exchange, AutoCloseable {

  private static final Sent NOT_SENT = () -> {};

  private final ExchangeLoop loop;
  private final Map<Upstream, UdpSockets> udp = new HashMap<>();
  private final Map<Upstream, TcpConnections> tcp = new HashMap<>();
  private int pendingPerUpstream;
  private boolean closed;

  /**
   * An exchange on {@code eventLoop}, whose channels must be those of {@code transport}.
   *
   * @param counters the loop's
   * @param ownSockets the process's
   * @param nanoClock the clock of the times that handlers are given
   */
  public NettyExchange(
      EventLoop eventLoop,
      NativeTransport transport,
      ExchangeConfig config,
      LoopCounters counters,
      OwnSockets ownSockets,
      RandomSource random,
      LongSupplier nanoClock) {
    this.loop =
        new ExchangeLoop(eventLoop, transport, config, counters, ownSockets, random, nanoClock);
    this.pendingPerUpstream = config.pending();
  }

  /** Changes how many queries may wait for one upstream; callable from any thread. */
  public void limitPending(int queries) {
    loop.eventLoop.execute(() -> pendingPerUpstream = queries);
  }

  /** Changes what queries carry against forged replies; callable from any thread. */
  public void guard(ForgeryConfig forgery) {
    loop.eventLoop.execute(() -> loop.forgery = forgery);
  }

  @Override
  public Sent ask(
      Upstream upstream,
      byte[] message,
      int length,
      boolean stream,
      long timeoutNanos,
      ReplyHandler handler) {
    int questionLength = ReplyMatch.questionLength(message, length);
    if (closed) {
      return failLater(handler, FailureKind.NETWORK_ERROR);
    }
    if (!upstream.tryStart(pendingPerUpstream)) {
      loop.count(Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM);
      return failLater(handler, FailureKind.OVERLOADED);
    }
    boolean overTcp = stream || upstream.spec().tcpOnly();
    PendingQuery query =
        new PendingQuery(loop, upstream, message, length, questionLength, overTcp, handler);
    long nowNanos = loop.now();
    query.startTime(nowNanos, timeoutNanos);
    if (overTcp) {
      connections(upstream).send(query);
    } else {
      sockets(upstream).send(query, nowNanos);
    }
    return query;
  }

  private Sent failLater(ReplyHandler handler, FailureKind kind) {
    loop.eventLoop.execute(() -> loop.notifyFailed(handler, kind));
    return NOT_SENT;
  }

  private UdpSockets sockets(Upstream upstream) {
    UdpSockets known = udp.get(upstream);
    if (known != null) {
      return known;
    }
    udp.values().removeIf(UdpSockets::idle);
    UdpSockets created = new UdpSockets(loop, upstream);
    udp.put(upstream, created);
    return created;
  }

  private TcpConnections connections(Upstream upstream) {
    TcpConnections known = tcp.get(upstream);
    if (known != null) {
      return known;
    }
    tcp.values().removeIf(TcpConnections::idle);
    TcpConnections created = new TcpConnections(loop, upstream);
    tcp.put(upstream, created);
    return created;
  }

  /** Closes all sockets; who still waits hears {@link FailureKind#NETWORK_ERROR}. */
  @Override
  public void close() {
    if (!loop.eventLoop.inEventLoop()) {
      loop.eventLoop.execute(this::close);
      return;
    }
    closed = true;
    udp.values().forEach(UdpSockets::close);
    tcp.values().forEach(TcpConnections::close);
  }
}
