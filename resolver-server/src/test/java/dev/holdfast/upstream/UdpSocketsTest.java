package dev.holdfast.upstream;

import static dev.holdfast.upstream.ExchangeFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The sockets that queries are spread over. */
class UdpSocketsTest extends ExchangeTests {

  @Test
  void ask_pending_knowsItsOwnSocket() throws Exception {
    List<SocketAddress> sources = new CopyOnWriteArrayList<>();
    RawServer server = fixture.udp((self, query, from) -> sources.add(from));
    Upstream upstream = server.upstream();
    fixture.ask(upstream, NAME);
    await(() -> !sources.isEmpty(), "the query");

    InetSocketAddress source = (InetSocketAddress) sources.getFirst();
    assertThat(source.getPort()).isGreaterThanOrEqualTo(1024);
    assertThat(fixture.isOwn(false, source)).isTrue();
    assertThat(fixture.isOwn(true, source)).isFalse();
    assertThat(upstream.inFlight()).isEqualTo(1);
  }

  @Test
  void ask_handlerAsksAgain_socketsRotateAndNoneIsLeftAtTheEnd() throws Exception {
    Map<Integer, Integer> queriesByPort = new HashMap<>();
    fixture.configure(ExchangeConfigs.sockets(4, 5, 10));
    RawServer server =
        fixture.udp(
            (self, query, from) -> {
              synchronized (queriesByPort) {
                queriesByPort.merge(((InetSocketAddress) from).getPort(), 1, Integer::sum);
              }
              RawServer.echo(self, query, from);
            });
    Upstream upstream = server.upstream();
    Outcome[] outcomes = new Outcome[200];
    for (int i = outcomes.length - 1; i >= 0; i--) {
      int next = i + 1;
      outcomes[i] =
          new Outcome(
              () -> {
                if (next < outcomes.length) {
                  askOnLoop(upstream, outcomes[next]);
                }
              });
    }
    fixture.onLoop(() -> askOnLoop(upstream, outcomes[0]));
    for (Outcome outcome : outcomes) {
      outcome.reply();
    }

    synchronized (queriesByPort) {
      assertThat(queriesByPort.values()).allSatisfy(count -> assertThat(count).isBetween(1, 10));
      assertThat(queriesByPort).hasSizeBetween(20, 44);
    }
    assertThat(fixture.openChannels()).isBetween(1, 4);
  }

  @Test
  void socket_grownOld_closesByItself() throws Exception {
    fixture.configure(ExchangeConfigs.socketAge(Duration.ofMillis(20)));
    RawServer server = fixture.udp(RawServer::echo);
    fixture.ask(server.upstream(), NAME).reply();
    await(() -> fixture.openChannels() == 0, "the socket's end");

    assertThat(fixture.count(Counter.UPSTREAM_SOCKETS_OPENED)).isEqualTo(1);
  }

  @Test
  void withdraw_socketGone_endedQueryKeepsNothingOfIt() throws Exception {
    fixture.configure(ExchangeConfigs.sockets(1, 2, 2));
    RawServer server = fixture.udp((self, query, from) -> {});
    Upstream upstream = server.upstream();
    Exchange.Sent kept = fixture.send(upstream, NAME, /* stream= */ false, new Outcome());
    WeakReference<Outcome> neighbour = withdrawn(upstream);
    fixture.onLoop(kept::withdraw);

    try {
      await(
          () -> {
            System.gc();
            return neighbour.refersTo(null);
          },
          "the end of what shared its socket");
    } finally {
      Reference.reachabilityFence(kept);
    }
    assertThat(upstream.inFlight()).isZero();
  }

  private WeakReference<Outcome> withdrawn(Upstream upstream) {
    Outcome outcome = new Outcome();
    Exchange.Sent sent = fixture.send(upstream, NAME, /* stream= */ false, outcome);
    fixture.onLoop(sent::withdraw);
    return new WeakReference<>(outcome);
  }

  @Test
  void ask_handlerThrows_isCountedAndTheSocketGoesOn() throws Exception {
    fixture.configure(ExchangeConfigs.sockets(1, 5, 96));
    RawServer server = fixture.udp(RawServer::echo);
    Upstream upstream = server.upstream();
    Runnable bug =
        () -> {
          throw new IllegalStateException("a bug of the caller");
        };
    Outcome thrower = fixture.ask(upstream, NAME, new Outcome(bug));
    fixture.expectUnexpectedFailures(1);
    fixture.ask(upstream, NAME).reply();

    assertThat(thrower.calls()).isEqualTo(1);
    fixture.awaitNoneInFlight(upstream);
  }

  private void askOnLoop(Upstream upstream, Outcome outcome) {
    byte[] query = Exchanges.query(NAME);
    fixture.exchange.ask(
        upstream, query, query.length, false, ExchangeFixture.PATIENCE_NANOS, outcome);
  }
}
