package dev.holdfast.upstream;

import static dev.holdfast.upstream.ExchangeFixture.await;
import static dev.holdfast.upstream.RawServer.frame;
import static dev.holdfast.upstream.RawServer.onTheFirst;
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
import org.junit.jupiter.api.Test;

/** The TCP connections to an upstream: how many, and how they end. */
class UpstreamConnectionTest extends ExchangeTests {

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void ask_manyWaiting_opensNoMoreThanTwoConnections() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    RawServer server =
        fixture.tcp(
            connection -> {
              await(release);
              connection.echo();
            });
    List<Outcome> outcomes = fixture.askManyOverTcp(server.upstream(), 200);
    release.countDown();
    for (Outcome outcome : outcomes) {
      outcome.reply();
    }

    assertThat(server.connections()).isEqualTo(2);
    assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_OPENED)).isEqualTo(2);
  }

  @Test
  void connection_closedWithQueriesWaiting_theyAreAskedOnceMore() throws Exception {
    RawServer server =
        fixture.tcp(
            onTheFirst(
                connection -> {
                  connection.read(5);
                }));
    for (Outcome outcome : fixture.askManyOverTcp(server.upstream(), 5)) {
      outcome.reply();
    }

    assertThat(server.connections()).isEqualTo(2);
    assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_LOST)).isEqualTo(1);
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void connection_closedTwice_isANetworkErrorAndBacksOff() throws Exception {
    fixture.configure(ExchangeConfigs.longBackOff());
    RawServer server = fixture.tcp(connection -> connection.read(1));
    Upstream upstream = server.upstream();
    assertThat(fixture.askOverTcp(upstream, NAME).failure()).isEqualTo(FailureKind.NETWORK_ERROR);
    assertThat(fixture.askOverTcp(upstream, NAME).failure())
        .isEqualTo(FailureKind.REFUSED_CONNECTION);

    assertThat(server.connections()).isEqualTo(2);
    assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_LOST)).isEqualTo(2);
    assertThat(fixture.count(Counter.UPSTREAM_BACK_OFF)).isEqualTo(1);
    fixture.awaitNoneInFlight(upstream);
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void connection_refused_backsOffTwiceAsLongEachTime() throws Exception {
    fixture.stopClock();
    InetSocketAddress nobody = new InetSocketAddress(network.loopback, FreePort.find());
    Upstream upstream = new Upstream(new UpstreamSpec(nobody, true));
    int[] backOffMillis = {0, 100, 200, 400, 800, 1600, 2000, 2000};
    for (int i = 0; i < backOffMillis.length; i++) {
      fixture.advance(backOffMillis[i]);
      assertThat(fixture.ask(upstream, NAME).failure()).isEqualTo(FailureKind.REFUSED_CONNECTION);
      assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_FAILED)).isEqualTo(i + 1);
    }
    assertThat(fixture.ask(upstream, NAME).failure()).isEqualTo(FailureKind.REFUSED_CONNECTION);
    assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_FAILED)).isEqualTo(backOffMillis.length);
    assertThat(fixture.count(Counter.UPSTREAM_BACK_OFF)).isEqualTo(1);
  }

  @Test
  void connection_idle_isClosedSilently() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    fixture.configure(ExchangeConfigs.connectionIdle(Duration.ofMillis(20)));
    RawServer server =
        fixture.tcp(
            connection -> {
              connection.echo();
              ended.countDown();
            });
    Upstream upstream = server.upstream();
    fixture.askOverTcp(upstream, NAME).reply();
    await(ended);
    await(() -> fixture.openChannels() == 0, "the connection's end");
    fixture.askOverTcp(upstream, NAME).reply();

    assertThat(server.connections()).isEqualTo(2);
    assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_LOST)).isZero();
  }

  @Test
  void connection_closedByUpstreamWhileIdle_isSilent() throws Exception {
    RawServer server =
        fixture.tcp(
            connection ->
                connection.write(frame(Exchanges.response(connection.read(1).getFirst()))));
    Upstream upstream = server.upstream();
    for (int i = 1; i <= 3; i++) {
      fixture.askOverTcp(upstream, NAME).reply();
      await(() -> fixture.openChannels() == 0, "the connection's end");
      assertThat(server.connections()).isEqualTo(i);
    }
    assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_LOST)).isZero();
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void connection_neverAnswers_isGivenUpAfterTwoTimeouts() throws Exception {
    RawServer server = fixture.tcp(RawServer.Connection::swallow);
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

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void connect_unansweredUntilTimeout_isAbandonedAndBacksOff() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, network.loopback)) {
      fixture.configure(ExchangeConfigs.longBackOff());
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
