package dev.holdfast.listener;

import dev.holdfast.datagram.DatagramBinder;
import dev.holdfast.datagram.DatagramHandler;
import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.datagram.DatagramPeer;
import dev.holdfast.datagram.DatagramPort;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.metrics.UnexpectedFailures;
import dev.holdfast.resolve.Client;
import dev.holdfast.resolve.ReplyPath;
import dev.holdfast.resolve.Resolver;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The queries that come to one event loop over UDP, whatever kind of port brings them: guards
 * against reflection, asks the resolver, and is itself the client of the query at hand. Confined to
 * that loop.
 */
final class UdpListener implements DatagramHandler, Client {

  private final ListenerLoop loop;
  private final Resolver resolver;
  private final LoopCounters counters;
  private final OwnSources ownSources;
  private final LongSupplier nanoClock;
  private final UnexpectedFailures failures;
  private final DatagramBinder binder;

  private long nowNanos;
  private int answeredAtOnce;
  private DatagramPeer peer = new DatagramPeer();
  private @Nullable DatagramPort port;

  UdpListener(ListenerLoop loop, DatagramKind kind, OwnSources ownSources, LongSupplier nanoClock) {
    this.loop = loop;
    this.resolver = loop.resolver();
    this.counters = loop.counters();
    this.ownSources = ownSources;
    this.nanoClock = nanoClock;
    this.failures = new UnexpectedFailures(counters);
    this.binder = new DatagramBinder(loop.loop(), kind, this);
  }

  ListenerLoop loop() {
    return loop;
  }

  /** Binds one more address on the loop and waits for it; not to be called on a loop. */
  DatagramPort bind(InetSocketAddress address, boolean shared) throws IOException {
    return binder.bind(address, shared);
  }

  /** Serves an address on a socket of another process; not to be called on a loop. */
  DatagramPort adopt(FileDescriptor bound) throws IOException {
    return binder.adopt(bound);
  }

  @Override
  public void beginBatch() {
    nowNanos = nanoClock.getAsLong();
    answeredAtOnce = 0;
  }

  @Override
  public void endBatch() {
    if (answeredAtOnce > 0) {
      counters.hits().record(nanoClock.getAsLong() - nowNanos, answeredAtOnce);
    }
  }

  @Override
  public int handle(
      DatagramPort from, DatagramPeer sender, byte[] datagram, int length, byte[] response) {
    counters.increment(Counter.QUERIES_UDP);
    if (sender.port() == 0) {
      counters.increment(Counter.UDP_SOURCE_PORT_ZERO);
      return Resolver.DROPPED;
    }
    if (ownSources.contains(sender)) {
      counters.increment(Counter.UDP_OWN_SOURCE);
      return Resolver.DROPPED;
    }
    keep(from, sender);
    try {
      int responseLength = resolver.resolve(datagram, 0, length, this, nowNanos, response);
      answeredAtOnce += responseLength > 0 ? 1 : 0;
      return responseLength;
    } catch (Throwable t) {
      failures.record(t);
      return ServerFailure.write(datagram, length, response);
    }
  }

  /* Mostly the same objects as before; why they are not written again, Query.keep tells. */
  @SuppressWarnings("ReferenceEquality") // the very same objects are meant
  private void keep(DatagramPort from, DatagramPeer sender) {
    if (port != from || peer != sender) {
      port = from;
      peer = sender;
    }
  }

  @Override
  public void oversize() {
    counters.increment(Counter.QUERIES_UDP);
    counters.increment(Counter.UDP_OVERSIZE);
  }

  @Override
  public void failed() {
    counters.increment(Counter.UDP_SOCKET_FAILURES);
  }

  @Override
  public boolean stream() {
    return false;
  }

  @Override
  public long addressHigh() {
    return peer.addressHigh();
  }

  @Override
  public long addressLow() {
    return peer.addressLow();
  }

  @Override
  public int port() {
    return peer.port();
  }

  @Override
  public ReplyPath detach() {
    return new UdpReplyPath(Objects.requireNonNull(port), peer.copy());
  }

  private record UdpReplyPath(DatagramPort port, DatagramPeer peer) implements ReplyPath {

    @Override
    public void reply(byte[] message, int length) {
      port.send(peer, message, length);
    }
  }
}
