package dev.holdfast.upstream;

import static dev.holdfast.upstream.ExchangeFixture.await;
import static dev.holdfast.upstream.RawServer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.FreePort;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The TCP connections to an upstream: how many, and how they end. */
@ParameterizedClass
@EnumSource(Network.class)
class UpstreamConnectionTest {

  private static final String NAME = "www.example.org";

  private final Network network;

  UpstreamConnectionTest(Network network) {
    this.network = network;
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void ask_manyWaiting_opensNoMoreThanTwoConnections() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (RawServer server =
            RawServer.tcp(
                network.loopback,
                connection -> {
                  await(release);
                  connection.echo();
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      List<Outcome> outcomes = fixture.askManyOverTcp(server.upstream(), 200);
      release.countDown();
      for (Outcome outcome : outcomes) {
        outcome.reply();
      }

      assertThat(server.connections()).isEqualTo(2);
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
      for (Outcome outcome : fixture.askManyOverTcp(server.upstream(), 5)) {
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
        ExchangeFixture fixture = new ExchangeFixture(network, ExchangeConfigs.longBackOff())) {
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
    InetSocketAddress nobody = new InetSocketAddress(network.loopback, FreePort.find());
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
        ExchangeFixture fixture =
            new ExchangeFixture(network, ExchangeConfigs.connectionIdle(Duration.ofMillis(20)))) {
      Upstream upstream = server.upstream();
      fixture.askOverTcp(upstream, NAME).reply();
      await(ended);
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
      assertThat(fixture.ask(upstream, NAME, ExchangeFixture.SHORT_NANOS).failure())
          .isEqualTo(FailureKind.TIMEOUT);
      assertThat(fixture.openChannels()).isEqualTo(1);
      assertThat(fixture.ask(upstream, NAME, ExchangeFixture.SHORT_NANOS).failure())
          .isEqualTo(FailureKind.TIMEOUT);

      fixture.awaitCount(Counter.UPSTREAM_CONNECTIONS_SILENT, 1);
      await(() -> fixture.openChannels() == 0, "the connection's end");
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void connect_unansweredUntilTimeout_isAbandonedAndBacksOff() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, network.loopback);
        ExchangeFixture fixture = new ExchangeFixture(network, ExchangeConfigs.longBackOff())) {
      InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
      List<SocketChannel> queue = fillAcceptQueue(address);
      Upstream upstream = new Upstream(new UpstreamSpec(address, true));
      assertThat(fixture.ask(upstream, NAME, ExchangeFixture.SHORT_NANOS).failure())
          .isEqualTo(FailureKind.TIMEOUT);
      assertThat(fixture.ask(upstream, NAME, ExchangeFixture.SHORT_NANOS).failure())
          .isEqualTo(FailureKind.REFUSED_CONNECTION);

      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_FAILED)).isEqualTo(1);
      for (SocketChannel queued : queue) {
        queued.close();
      }
    }
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
}
