package dev.holdfast.upstream;

import static dev.holdfast.upstream.ExchangeFixture.await;
import static dev.holdfast.upstream.RawServer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Header;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TcpExchangeTest extends ExchangeTests {

  @Test
  void ask_answered_handlerGetsReplyAndConnectionIsKept() throws Exception {
    RawServer server = fixture.tcp(RawServer.Connection::echo);
    Upstream upstream = server.upstream();
    byte[] query = Exchanges.query(NAME);
    byte[] reply = fixture.askOverTcp(upstream, NAME).reply();
    Header.putUint16(query, Header.ID_OFFSET, Exchanges.id(reply));
    assertThat(reply).isEqualTo(Exchanges.response(query));
    fixture.askOverTcp(upstream, NAME).reply();

    assertThat(server.connections()).isEqualTo(1);
    fixture.awaitNoneInFlight(upstream);
  }

  @Test
  void ask_tcpOnlyUpstream_neverUsesUdp() throws Exception {
    RawServer server = fixture.tcp(RawServer.Connection::echo);
    fixture.ask(server.tcpUpstream(), NAME).reply();

    assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_OPENED)).isEqualTo(1);
    assertThat(fixture.count(Counter.UPSTREAM_SOCKETS_OPENED)).isZero();
  }

  @Test
  void ask_whereThisProcessServesIsUnknown_knowsItsOwnSocket() throws Exception {
    RawServer server = fixture.tcp(RawServer.Connection::echo);
    fixture.askOverTcp(server.upstream(), NAME).reply();

    assertThat(fixture.isOwn(true, server.lastClient())).isTrue();
    assertThat(fixture.isOwn(false, server.lastClient())).isFalse();
  }

  @Test
  void ask_connectedToAnother_isNoOwnSocket() throws Exception {
    RawServer server = fixture.tcp(RawServer.Connection::echo);
    fixture.ownSockets.servedBy(address -> !address.equals(server.address()));
    fixture.askOverTcp(server.upstream(), NAME).reply();

    assertThat(fixture.isOwn(true, server.lastClient())).isFalse();
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void ask_thousandsWaiting_noIdIsUsedTwice() throws Exception {
    int queries = 4000;
    CountDownLatch arrived = new CountDownLatch(queries);
    AtomicInteger repeated = new AtomicInteger();
    fixture.configure(ExchangeConfig.DEFAULTS.withPending(queries));
    RawServer server =
        fixture.tcp(
            connection -> {
              Set<Integer> ids = new HashSet<>();
              for (byte[] each = connection.read(); each != null; each = connection.read()) {
                repeated.addAndGet(ids.add(Exchanges.id(each)) ? 0 : 1);
                arrived.countDown();
              }
            });
    fixture.askManyOverTcp(server.upstream(), queries);
    await(arrived);

    assertThat(repeated).hasValue(0);
    assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_OPENED)).isEqualTo(2);
  }

  @Test
  void withdraw_oneOfTwo_leavesTheConnectionToTheOther() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    RawServer server =
        fixture.tcp(
            connection -> {
              byte[] withdrawn = connection.read(1).getFirst();
              arrived.countDown();
              byte[] wanted = connection.read(1).getFirst();
              connection.write(frame(Exchanges.response(withdrawn)));
              connection.write(frame(Exchanges.response(wanted)));
              connection.echo();
            });
    Upstream upstream = server.tcpUpstream();
    Outcome withdrawn = new Outcome();
    Exchange.Sent sent = fixture.send(upstream, NAME, /* stream= */ true, withdrawn);
    await(arrived);
    fixture.onLoop(sent::withdraw);
    Outcome wanted = fixture.askOverTcp(upstream, NAME);
    wanted.reply();

    assertThat(withdrawn.hasEnded()).isFalse();
    assertThat(fixture.count(Counter.UPSTREAM_CONNECTIONS_OPENED)).isEqualTo(1);
    fixture.awaitNoneInFlight(upstream);
  }

  @Test
  void close_queriesWaiting_failWithoutRetry() throws Exception {
    RawServer server = fixture.tcp(RawServer.Connection::swallow);
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
