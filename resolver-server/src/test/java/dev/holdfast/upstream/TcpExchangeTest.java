package dev.holdfast.upstream;

import static dev.holdfast.upstream.ExchangeFixture.await;
import static dev.holdfast.upstream.RawServer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(Network.class)
class TcpExchangeTest {

  private static final String NAME = "www.example.org";
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Network network;

  TcpExchangeTest(Network network) {
    this.network = network;
  }

  @Test
  void ask_answered_handlerGetsReplyAndConnectionIsKept() throws Exception {
    try (RawServer server = RawServer.tcp(network.loopback, RawServer.Connection::echo);
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      byte[] query = Exchanges.query(NAME);
      byte[] reply = fixture.askOverTcp(upstream, NAME).reply();
      Header.putUint16(query, Header.ID_OFFSET, Exchanges.id(reply));
      assertThat(reply).isEqualTo(Exchanges.response(query));
      fixture.askOverTcp(upstream, NAME).reply();

      assertThat(server.connections()).isEqualTo(1);
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Test
  void ask_tcpOnlyUpstream_neverUsesUdp() throws Exception {
    try (RawServer server = RawServer.tcp(network.loopback, RawServer.Connection::echo);
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      fixture.ask(server.tcpUpstream(), NAME).reply();

      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_OPENED)).isEqualTo(1);
      assertThat(fixture.count(Counter.UPSTREAM_SOCKETS_OPENED)).isZero();
    }
  }

  @Test
  void ask_connectedToItself_knowsItsOwnSocket() throws Exception {
    AtomicReference<InetSocketAddress> client = new AtomicReference<>();
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  client.set(connection.remote());
                  connection.echo();
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      fixture.askOverTcp(server.upstream(), NAME).reply();

      assertThat(fixture.isOwn(true, Objects.requireNonNull(client.get()))).isTrue();
      assertThat(fixture.isOwn(false, Objects.requireNonNull(client.get()))).isFalse();
    }
  }

  @Test
  void ask_connectedToAnother_isNoOwnSocket() throws Exception {
    AtomicReference<InetSocketAddress> client = new AtomicReference<>();
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  client.set(connection.remote());
                  connection.echo();
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      fixture.ownSockets.servedBy(address -> !address.equals(server.address()));
      fixture.askOverTcp(server.upstream(), NAME).reply();

      assertThat(fixture.isOwn(true, Objects.requireNonNull(client.get()))).isFalse();
    }
  }

  @Test
  void replies_outOfOrderAndTwoPerSegment_reachTheirHandlers() throws Exception {
    int count = 20;
    Set<Integer> ids = ConcurrentHashMap.newKeySet();
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  List<byte[]> queries = connection.read(count);
                  Collections.reverse(queries);
                  ByteArrayOutputStream replies = new ByteArrayOutputStream();
                  for (byte[] query : queries) {
                    ids.add(Exchanges.id(query));
                    replies.writeBytes(frame(Exchanges.response(query)));
                  }
                  connection.write(replies.toByteArray());
                  connection.swallow();
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      List<Outcome> outcomes = askMany(fixture, server.upstream(), count);

      for (int i = 0; i < count; i++) {
        assertThat(Exchanges.firstLabel(outcomes.get(i).reply())).isEqualTo("n" + i);
      }
      assertThat(ids).hasSize(count);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void reply_inSingleBytes_isPutTogether() throws Exception {
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  for (byte part : frame(Exchanges.response(connection.read(1).getFirst()))) {
                    connection.write(new byte[] {part});
                  }
                  connection.swallow();
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      assertThat(fixture.askOverTcp(server.upstream(), NAME).reply())
          .hasSameSizeAs(Exchanges.query(NAME));
    }
  }

  @Test
  void reply_largest_isTaken() throws Exception {
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  byte[] reply = new byte[65_535];
                  byte[] response = Exchanges.response(connection.read(1).getFirst());
                  System.arraycopy(response, 0, reply, 0, response.length);
                  connection.write(frame(reply));
                  connection.swallow();
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      assertThat(fixture.askOverTcp(server.upstream(), NAME).reply()).hasSize(65_535);
    }
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void ask_manyWaiting_opensNoMoreThanTwoConnections() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  awaitLatch(release);
                  connection.echo();
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      List<Outcome> outcomes = askMany(fixture, server.upstream(), 200);
      release.countDown();
      for (Outcome outcome : outcomes) {
        outcome.reply();
      }

      assertThat(server.connections()).isEqualTo(2);
      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_OPENED)).isEqualTo(2);
    }
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void ask_thousandsWaiting_noIdIsUsedTwice() throws Exception {
    int queries = 4000;
    CountDownLatch arrived = new CountDownLatch(queries);
    AtomicInteger repeated = new AtomicInteger();
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  Set<Integer> ids = new HashSet<>();
                  for (byte[] each = connection.read(); each != null; each = connection.read()) {
                    repeated.addAndGet(ids.add(Exchanges.id(each)) ? 0 : 1);
                    arrived.countDown();
                  }
                });
        ExchangeFixture fixture =
            new ExchangeFixture(network, ExchangeConfig.DEFAULTS.withPending(queries))) {
      askMany(fixture, server.upstream(), queries);
      awaitLatch(arrived);

      assertThat(repeated).hasValue(0);
      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_OPENED)).isEqualTo(2);
    }
  }

  @Test
  void connection_closedWithQueriesWaiting_theyAreAskedOnceMore() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  if (connections.incrementAndGet() == 1) {
                    connection.read(5);
                  } else {
                    connection.echo();
                  }
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      for (Outcome outcome : askMany(fixture, server.upstream(), 5)) {
        outcome.reply();
      }

      assertThat(server.connections()).isEqualTo(2);
      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_LOST)).isEqualTo(1);
    }
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void connection_closedTwice_isANetworkErrorAndBacksOff() throws Exception {
    try (RawServer server = RawServer.tcp(network.loopback, connection -> connection.read(1));
        ExchangeFixture fixture = new ExchangeFixture(network, backOff(Duration.ofMinutes(1)))) {
      Upstream upstream = server.upstream();
      assertThat(fixture.askOverTcp(upstream, NAME).failure()).isEqualTo(FailureKind.NETWORK_ERROR);
      assertThat(fixture.askOverTcp(upstream, NAME).failure())
          .isEqualTo(FailureKind.REFUSED_CONNECTION);

      assertThat(server.connections()).isEqualTo(2);
      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_LOST)).isEqualTo(2);
      assertThat(fixture.count(Counter.UPSTREAM_BACK_OFF)).isEqualTo(1);
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void connection_refused_backsOffTwiceAsLongEachTime() throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket taken = new ServerSocket(0, 1, network.loopback)) {
      nobody = (InetSocketAddress) taken.getLocalSocketAddress();
    }
    try (ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = new Upstream(new UpstreamSpec(nobody, true));
      int[] backOffMillis = {0, 100, 200, 400, 800, 1600, 2000, 2000};
      for (int i = 0; i < backOffMillis.length; i++) {
        fixture.advance(backOffMillis[i]);
        assertThat(fixture.ask(upstream, NAME).failure()).isEqualTo(FailureKind.REFUSED_CONNECTION);
        assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_FAILED)).isEqualTo(i + 1);
      }
      assertThat(fixture.ask(upstream, NAME).failure()).isEqualTo(FailureKind.REFUSED_CONNECTION);
      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_FAILED))
          .isEqualTo(backOffMillis.length);
      assertThat(fixture.count(Counter.UPSTREAM_BACK_OFF)).isEqualTo(1);
    }
  }

  @Test
  void connection_idle_isClosedSilently() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  connection.echo();
                  ended.countDown();
                });
        ExchangeFixture fixture = new ExchangeFixture(network, idle(Duration.ofMillis(20)))) {
      Upstream upstream = server.upstream();
      fixture.askOverTcp(upstream, NAME).reply();
      awaitLatch(ended);
      await(() -> fixture.openChannels() == 0, "the connection's end");
      fixture.askOverTcp(upstream, NAME).reply();

      assertThat(server.connections()).isEqualTo(2);
      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_LOST)).isZero();
    }
  }

  @Test
  void connection_closedByUpstreamWhileIdle_isSilent() throws Exception {
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection ->
                    connection.write(frame(Exchanges.response(connection.read(1).getFirst()))));
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      for (int i = 1; i <= 3; i++) {
        fixture.askOverTcp(upstream, NAME).reply();
        await(() -> fixture.openChannels() == 0, "the connection's end");
        assertThat(server.connections()).isEqualTo(i);
      }
      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_LOST)).isZero();
    }
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void connection_neverAnswers_isGivenUpAfterTwoTimeouts() throws Exception {
    try (RawServer server = RawServer.tcp(network.loopback, RawServer.Connection::swallow);
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.tcpUpstream();
      assertThat(fixture.ask(upstream, NAME, SHORT_NANOS).failure()).isEqualTo(FailureKind.TIMEOUT);
      assertThat(fixture.openChannels()).isEqualTo(1);
      assertThat(fixture.ask(upstream, NAME, SHORT_NANOS).failure()).isEqualTo(FailureKind.TIMEOUT);

      fixture.awaitCount(Counter.UPSTREAM_CONNECTIONS_SILENT, 1);
      await(() -> fixture.openChannels() == 0, "the connection's end");
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Test
  void reply_afterTimeout_tellsHowSlowTheUpstreamIs() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  byte[] query = connection.read(1).getFirst();
                  awaitLatch(release);
                  connection.write(frame(Exchanges.response(query)));
                  connection.echo();
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.tcpUpstream();
      assertThat(fixture.ask(upstream, NAME, SHORT_NANOS).failure()).isEqualTo(FailureKind.TIMEOUT);
      release.countDown();
      fixture.awaitCount(Counter.UPSTREAM_LATE_REPLIES, 1);
      fixture.ask(upstream, NAME).reply();

      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void withdraw_oneOfTwo_leavesTheConnectionToTheOther() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  byte[] withdrawn = connection.read(1).getFirst();
                  arrived.countDown();
                  byte[] wanted = connection.read(1).getFirst();
                  connection.write(frame(Exchanges.response(withdrawn)));
                  connection.write(frame(Exchanges.response(wanted)));
                  connection.echo();
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.tcpUpstream();
      Outcome withdrawn = new Outcome();
      Exchange.Sent sent = fixture.send(upstream, NAME, /* stream= */ true, withdrawn);
      awaitLatch(arrived);
      fixture.onLoop(sent::withdraw);
      Outcome wanted = fixture.askOverTcp(upstream, NAME);
      wanted.reply();

      assertThat(withdrawn.hasEnded()).isFalse();
      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_OPENED)).isEqualTo(1);
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void connect_unansweredUntilTimeout_isAbandonedAndBacksOff() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, network.loopback);
        ExchangeFixture fixture = new ExchangeFixture(network, backOff(Duration.ofMinutes(1)))) {
      InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
      List<SocketChannel> queue = fillAcceptQueue(address);
      Upstream upstream = new Upstream(new UpstreamSpec(address, true));
      assertThat(fixture.ask(upstream, NAME, SHORT_NANOS).failure()).isEqualTo(FailureKind.TIMEOUT);
      assertThat(fixture.ask(upstream, NAME, SHORT_NANOS).failure())
          .isEqualTo(FailureKind.REFUSED_CONNECTION);

      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_FAILED)).isEqualTo(1);
      for (SocketChannel queued : queue) {
        queued.close();
      }
    }
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 11})
  void frame_shorterThanAHeader_endsTheConnection(int length) throws Exception {
    AtomicInteger connections = new AtomicInteger();
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  if (connections.incrementAndGet() == 1) {
                    connection.read(1);
                    connection.write(frame(new byte[length]));
                    connection.swallow();
                  } else {
                    connection.echo();
                  }
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      fixture.askOverTcp(server.upstream(), NAME).reply();

      assertThat(fixture.count(Counter.UPSTREAM_BAD_FRAMES)).isEqualTo(1);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void replies_nobodyAskedFor_endTheConnectionAfterSome() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  if (connections.incrementAndGet() == 1) {
                    byte[] query = connection.read(1).getFirst();
                    for (int i = 0; i < 1000; i++) {
                      connection.write(frame(Exchanges.altered(query, reply -> reply[0] ^= 1)));
                    }
                    connection.swallow();
                  } else {
                    connection.echo();
                  }
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      fixture.askOverTcp(server.upstream(), NAME).reply();

      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_ID)).isEqualTo(17);
    }
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void reply_toAnotherQuestion_failsTheQueryAtOnce() throws Exception {
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  byte[] query = connection.read(1).getFirst();
                  connection.write(frame(Exchanges.altered(query, reply -> reply[13] = 'x')));
                  connection.echo();
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      assertThat(fixture.askOverTcp(upstream, NAME).failure()).isEqualTo(FailureKind.NEAR_MISSES);
      fixture.askOverTcp(upstream, NAME).reply();

      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_QUESTION)).isEqualTo(1);
    }
  }

  @Test
  void reply_turnedDownByHandler_failsTheQueryAtOnce() throws Exception {
    try (RawServer server = RawServer.tcp(network.loopback, RawServer.Connection::echo);
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.tcpUpstream();
      Outcome outcome = new Outcome().refusing(1);
      fixture.ask(upstream, NAME, true, ExchangeFixture.PATIENCE_NANOS, outcome);

      assertThat(outcome.failure()).isEqualTo(FailureKind.NEAR_MISSES);
      fixture.ask(upstream, NAME).reply();
    }
  }

  @Test
  void close_queriesWaiting_failWithoutRetry() throws Exception {
    try (RawServer server = RawServer.tcp(network.loopback, RawServer.Connection::swallow);
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Outcome connecting = fixture.askOverTcp(server.upstream(), NAME);
      Upstream upstream = server.upstream();
      Outcome waiting = fixture.askOverTcp(upstream, NAME);
      fixture.awaitCount(Counter.UPSTREAM_CONNECTIONS_OPENED, 2);
      fixture.exchange.close();

      assertThat(connecting.failure()).isEqualTo(FailureKind.NETWORK_ERROR);
      assertThat(waiting.failure()).isEqualTo(FailureKind.NETWORK_ERROR);
      assertThat(fixture.askOverTcp(upstream, NAME).failure()).isEqualTo(FailureKind.NETWORK_ERROR);
    }
  }

  private static List<Outcome> askMany(ExchangeFixture fixture, Upstream upstream, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> fixture.askOverTcp(upstream, "n" + i + ".example.org"))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** Connects until the queue of length 1 is full, so that the next SYN is not answered. */
  private static List<SocketChannel> fillAcceptQueue(InetSocketAddress address) throws IOException {
    List<SocketChannel> queue = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      SocketChannel client = SocketChannel.open();
      client.configureBlocking(false);
      client.connect(address);
      queue.add(client);
    }
    return queue;
  }

  private static void awaitLatch(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IOException("nobody went on");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static ExchangeConfig idle(Duration connectionIdle) {
    return config(connectionIdle, ExchangeConfig.DEFAULTS.firstBackOff());
  }

  /** A back-off that does not end while a slow machine runs the test. */
  private static ExchangeConfig backOff(Duration firstBackOff) {
    return config(ExchangeConfig.DEFAULTS.connectionIdle(), firstBackOff);
  }

  private static ExchangeConfig config(Duration connectionIdle, Duration firstBackOff) {
    ExchangeConfig defaults = ExchangeConfig.DEFAULTS;
    return new ExchangeConfig(
        defaults.sockets(),
        defaults.minQueriesPerSocket(),
        defaults.maxQueriesPerSocket(),
        defaults.socketAge(),
        defaults.nearMisses(),
        defaults.pending(),
        defaults.connections(),
        defaults.busyConnection(),
        connectionIdle,
        firstBackOff,
        Duration.ofMinutes(1));
  }
}
