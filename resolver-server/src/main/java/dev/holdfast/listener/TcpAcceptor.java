package dev.holdfast.listener;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes new client connections from a listening channel, closes those over the limits and spreads
 * the others over the event loops. Confined to the listening channel's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures show on the channel.
final class TcpAcceptor extends ChannelInboundHandlerAdapter {

  private static final long PAUSE_AFTER_FAILURE_MILLIS = 1000;

  private final ConnectionTable table;
  private final LoopCounters counters;
  private final List<TcpListener> targets;
  private int next;

  TcpAcceptor(ConnectionTable table, LoopCounters counters, List<TcpListener> targets) {
    this.table = table;
    this.counters = counters;
    this.targets = targets;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    accept((Channel) message);
  }

  /** Takes a new connection if the limits allow it. */
  void accept(Channel child) {
    InetSocketAddress client = (@Nullable InetSocketAddress) child.remoteAddress();
    if (client == null) {
      child.unsafe().closeForcibly();
      return;
    }
    InetAddress address = client.getAddress();
    Counter refusal = table.tryOpen(address);
    if (refusal != null) {
      counters.increment(refusal);
      child.unsafe().closeForcibly();
      return;
    }
    child.closeFuture().addListener(closed -> table.close(address));
    child.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    child.config().setOption(ChannelOption.TCP_NODELAY, true);
    TcpListener target = targets.get(next);
    next = (next + 1) % targets.size();
    child.pipeline().addLast(new TcpConnection(target, child, client));
    target.loop().loop().register(child).addListener((ChannelFuture f) -> closeUnregistered(f));
  }

  private static void closeUnregistered(ChannelFuture registration) {
    if (!registration.isSuccess()) {
      registration.channel().unsafe().closeForcibly();
    }
  }

  /** Accepting failed, most likely for want of file descriptors: trying at once would spin. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    counters.increment(Counter.TCP_ACCEPT_FAILURES);
    Channel channel = context.channel();
    channel.config().setAutoRead(false);
    channel
        .eventLoop()
        .schedule(
            () -> channel.config().setAutoRead(true),
            PAUSE_AFTER_FAILURE_MILLIS,
            TimeUnit.MILLISECONDS);
  }
}
