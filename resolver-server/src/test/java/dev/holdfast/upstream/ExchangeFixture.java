package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.datagram.Addresses;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An exchange on a loop of its own, whose clock can be moved ahead, and servers for it to ask;
 * leaves nothing open.
 */
final class ExchangeFixture implements AutoCloseable {

  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** For queries that nothing answers. */
  static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  final LoopCounters counters = new LoopCounters();
  final OwnSockets ownSockets = new OwnSockets();
  NettyExchange exchange;

  private final Network network;
  private final CountingLoop eventLoop;
  private final List<RawServer> servers = new ArrayList<>();
  private final AtomicLong aheadNanos = new AtomicLong();
  private volatile LongSupplier clock = System::nanoTime;
  private int expectedFailures;

  ExchangeFixture(Network network) {
    this.network = network;
    eventLoop = new CountingLoop(network.transport.ioHandler());
    exchange = exchange(ExchangeConfig.DEFAULTS);
  }

  private NettyExchange exchange(ExchangeConfig config) {
    return new NettyExchange(
        eventLoop,
        network.transport,
        config,
        counters,
        ownSockets,
        new RandomSource(),
        () -> clock.getAsLong() + aheadNanos.get());
  }

  /** Replaces the exchange, before it was used, by one with other limits. */
  void configure(ExchangeConfig config) {
    exchange.close();
    exchange = exchange(config);
  }

  /** Starts a server that answers over UDP only. */
  RawServer udp(RawServer.DatagramScript script) throws IOException {
    return keep(RawServer.udp(network.loopback, script));
  }

  /** Starts a server that answers over TCP only. */
  RawServer tcp(RawServer.ConnectionScript script) throws IOException {
    return keep(RawServer.tcp(network.loopback, script));
  }

  private RawServer keep(RawServer server) {
    servers.add(server);
    return server;
  }

  /** Asks for {@code name} with more time than a test takes. */
  Outcome ask(Upstream upstream, String name) {
    return ask(upstream, name, false, PATIENCE_NANOS, new Outcome());
  }

  Outcome ask(Upstream upstream, String name, Outcome outcome) {
    return ask(upstream, name, false, PATIENCE_NANOS, outcome);
  }

  Outcome askOverTcp(Upstream upstream, String name) {
    return askOverTcp(upstream, name, new Outcome());
  }

  Outcome askOverTcp(Upstream upstream, String name, Outcome outcome) {
    return ask(upstream, name, true, PATIENCE_NANOS, outcome);
  }

  /** Asks for {@code n0.example.org} and so on. */
  List<Outcome> askManyOverTcp(Upstream upstream, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> askOverTcp(upstream, "n" + i + ".example.org"))
        .toList();
  }

  Outcome ask(Upstream upstream, String name, long timeoutNanos) {
    return ask(upstream, name, false, timeoutNanos, new Outcome());
  }

  private Outcome ask(
      Upstream upstream, String name, boolean stream, long timeoutNanos, Outcome outcome) {
    send(upstream, name, stream, timeoutNanos, outcome);
    return outcome;
  }

  /** Asks and returns the query on its way. */
  Exchange.Sent send(Upstream upstream, String name, boolean stream, Outcome outcome) {
    return send(upstream, name, stream, PATIENCE_NANOS, outcome);
  }

  private Exchange.Sent send(
      Upstream upstream, String name, boolean stream, long timeoutNanos, Outcome outcome) {
    byte[] query = Exchanges.query(name);
    AtomicReference<Exchange.@Nullable Sent> sent = new AtomicReference<>();
    onLoop(
        () -> {
          sent.set(exchange.ask(upstream, query, query.length, stream, timeoutNanos, outcome));
          assertThat(outcome.calls()).as("calls inside ask").isZero();
        });
    return Objects.requireNonNull(sent.get());
  }

  /** Runs on the loop and waits for it. */
  void onLoop(Runnable task) {
    eventLoop.submit(task).syncUninterruptibly();
  }

  /** Time goes on by {@link #advance} alone. */
  void stopClock() {
    long nowNanos = System.nanoTime();
    clock = () -> nowNanos;
  }

  void advance(long millis) {
    aheadNanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  long count(Counter counter) {
    return counters.get(counter);
  }

  /** Waits until no query counts as in flight. */
  void awaitNoneInFlight(Upstream upstream) {
    await(() -> upstream.inFlight() == 0, "no query in flight");
  }

  void awaitCount(Counter counter, long expected) {
    await(() -> count(counter) >= expected, counter + " of " + expected);
    assertThat(count(counter)).as(counter.name()).isEqualTo(expected);
  }

  /** The test causes errors that are logged and counted as unexpected. */
  void expectUnexpectedFailures(int count) {
    expectedFailures = count;
  }

  int openChannels() {
    return eventLoop.openChannels();
  }

  /** Whether a socket with this local address counts as one of the exchange's. */
  boolean isOwn(boolean stream, InetSocketAddress local) {
    return ownSockets.contains(
        stream,
        Addresses.high(local.getAddress()),
        Addresses.low(local.getAddress()),
        local.getPort());
  }

  static void await(BooleanSupplier condition, String what) {
    Await.until(what, condition::getAsBoolean);
  }

  /** Waits in the script of a server. */
  static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
        throw new IOException("nobody went on");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    try {
      closeExchange();
    } finally {
      servers.forEach(RawServer::close);
    }
  }

  private void closeExchange() {
    exchange.close();
    await(() -> openChannels() == 0, "the end of " + openChannels() + " channels");
    onLoop(() -> {}); // after the turn in which the last one was closed
    onLoop(() -> {}); // after those that its handlers hear of it in
    assertThat(ownSockets.isEmpty()).as("forgot its own sockets").isTrue();
    assertThat(count(Counter.UNEXPECTED_FAILURES)).isEqualTo(expectedFailures);
    eventLoop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** A loop that tells how many channels it has. */
  private static final class CountingLoop extends SingleThreadIoEventLoop {

    CountingLoop(IoHandlerFactory factory) {
      super(null, new DefaultThreadFactory("exchange"), factory);
    }

    int openChannels() {
      return getNumOfRegisteredChannels();
    }
  }
}
