package dev.holdfast.admin;

import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.upstream.SocketAddresses;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP for operators and their programs: health, metrics, status, control. It has one thread of its
 * own and never touches a packet loop. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures show on the channel.
public final class AdminServer implements AutoCloseable {

  /** Connections at the same time; more are closed at accept. */
  public static final int MAX_CONNECTIONS = 64;

  static final int MAX_HEADER_BYTES = 8 << 10;

  private static final int MAX_REQUEST_LINE_BYTES = 4 << 10;
  private static final long REQUEST_TIMEOUT_MILLIS = 5_000;
  private static final long CLOSE_MILLIS = 2_000;

  private final MultiThreadIoEventLoopGroup group;
  private final LoopCounters counters;
  private final AdminDispatcher dispatcher;
  private final long timeoutMillis;
  private @Nullable Channel listening;
  private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

  private AdminServer(
      List<AdminRoute> routes, @Nullable Token token, LoopCounters counters, long timeoutMillis) {
    this.dispatcher = new AdminDispatcher(routes, token);
    this.counters = counters;
    this.timeoutMillis = timeoutMillis;
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("admin", true), NativeTransport.current().ioHandler());
  }

  /**
   * Starts to serve.
   *
   * @param token what requests must carry, or null for nothing
   * @param counters written by the admin's thread alone
   * @throws IOException saying which address could not be had and why
   */
  public static AdminServer start(
      InetSocketAddress address,
      List<AdminRoute> routes,
      @Nullable Token token,
      LoopCounters counters)
      throws IOException {
    return start(address, routes, token, counters, REQUEST_TIMEOUT_MILLIS);
  }

  static AdminServer start(
      InetSocketAddress address,
      List<AdminRoute> routes,
      @Nullable Token token,
      LoopCounters counters,
      long timeoutMillis)
      throws IOException {
    AdminServer server = new AdminServer(routes, token, counters, timeoutMillis);
    try {
      server.bind(address);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) Objects.requireNonNull(listening).localAddress();
  }

  /** Stops to listen and ends all connections. Sockets do not end with their event loop. */
  @Override
  public void close() {
    if (listening != null) {
      listening.close().awaitUninterruptibly(CLOSE_MILLIS);
    }
    connections.close().awaitUninterruptibly(CLOSE_MILLIS);
    group
        .shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(2 * CLOSE_MILLIS);
  }

  private void bind(InetSocketAddress address) throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channelFactory(NativeTransport.current()::newServerSocketChannel)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot serve the admin address "
              + SocketAddresses.format(address)
              + ": "
              + bound.cause().getMessage(),
          bound.cause());
    }
    listening = bound.channel();
  }

  private void accept(Channel channel) {
    if (connections.size() >= MAX_CONNECTIONS) {
      counters.increment(Counter.ADMIN_REFUSED_FULL);
      channel.close();
      return;
    }
    connections.add(channel);
    channel
        .pipeline()
        .addLast(new HttpServerCodec(limits()))
        .addLast(new AdminConnection(dispatcher, counters, timeoutMillis));
  }

  static HttpDecoderConfig limits() {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
        .setMaxHeaderSize(MAX_HEADER_BYTES);
  }
}
