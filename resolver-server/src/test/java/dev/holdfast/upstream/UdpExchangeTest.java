package dev.holdfast.upstream;

import static dev.holdfast.upstream.ExchangeFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.FreePort;
import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Rcode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UdpExchangeTest extends ExchangeTests {

  @Test
  void ask_answered_handlerGetsReply() throws Exception {
    List<byte[]> received = new CopyOnWriteArrayList<>();
    RawServer server =
        fixture.udp(
            (self, query, from) -> {
              received.add(query);
              RawServer.echo(self, query, from);
            });
    Upstream upstream = server.upstream();
    fixture.exchange.guard(new ForgeryConfig(CaseRandomisation.OFF, /* cookies= */ false));
    byte[] reply = fixture.ask(upstream, NAME).reply();

    byte[] expected = Exchanges.query(NAME);
    Header.putUint16(expected, Header.ID_OFFSET, Exchanges.id(received.getFirst()));
    assertThat(received).containsExactly(expected);
    assertThat(reply).isEqualTo(Exchanges.response(expected));
    fixture.awaitNoneInFlight(upstream);
  }

  @ParameterizedTest
  @EnumSource(BareRcode.class)
  void ask_bareHeaderWithFailure_isTheAnswer(BareRcode rcode) throws Exception {
    RawServer server = fixture.udp((self, query, from) -> self.send(rcode.header(query), from));
    assertThat(fixture.ask(server.upstream(), NAME).reply()).hasSize(Header.LENGTH);
  }

  @Test
  void ask_closedPort_isRefusedAfterThreePortsWere() throws Exception {
    InetSocketAddress nobody = new InetSocketAddress(network.loopback, FreePort.find());
    fixture.configure(ExchangeConfigs.sockets(1, 5, 96));
    Upstream upstream = new Upstream(new UpstreamSpec(nobody, false));
    for (int i = 0; i < 5; i++) {
      Outcome one = fixture.ask(upstream, NAME);
      Outcome other = fixture.ask(upstream, NAME);
      assertThat(one.failure()).isEqualTo(FailureKind.REFUSED_CONNECTION);
      assertThat(other.failure()).isEqualTo(FailureKind.REFUSED_CONNECTION);
    }
    assertThat(fixture.count(Counter.UPSTREAM_ASKED_AGAIN)).isEqualTo(10 * 2);
    fixture.awaitNoneInFlight(upstream);
  }

  @Test
  void ask_noWayThere_isANetworkError() throws Exception {
    Upstream broadcast = new Upstream(TestUpstreams.spec("255.255.255.255", 53));

    assertThat(fixture.ask(broadcast, NAME).failure()).isEqualTo(FailureKind.NETWORK_ERROR);
    fixture.awaitNoneInFlight(broadcast);
  }

  @Test
  void ask_silence_timesOut() throws Exception {
    RawServer server = fixture.udp((self, query, from) -> {});
    Upstream upstream = server.upstream();
    Outcome outcome = fixture.ask(upstream, NAME, ExchangeFixture.SHORT_NANOS);

    assertThat(outcome.failure()).isEqualTo(FailureKind.TIMEOUT);
    fixture.awaitNoneInFlight(upstream);
  }

  @Test
  void reply_afterTimeout_healsNothing() throws Exception {
    List<Runnable> replies = new CopyOnWriteArrayList<>();
    RawServer server =
        fixture.udp((self, query, from) -> replies.add(() -> sendUnchecked(self, query, from)));
    Upstream upstream = server.upstream();
    Outcome outcome = fixture.ask(upstream, NAME, ExchangeFixture.SHORT_NANOS);
    assertThat(outcome.failure()).isEqualTo(FailureKind.TIMEOUT);
    for (int i = 0; i < 3; i++) {
      upstream.health().failed(FailureKind.TIMEOUT);
    }
    await(() -> !replies.isEmpty(), "the query");
    replies.getFirst().run();
    replies.getFirst().run();
    fixture.awaitCount(Counter.UPSTREAM_LATE_REPLIES, 2);

    assertThat(upstream.state()).isEqualTo(Health.State.DOWN);
    assertThat(outcome.calls()).isEqualTo(1);
  }

  @Test
  void withdraw_beforeTheReply_freesThePlaceAndTheReplyIsLate() throws Exception {
    List<Runnable> replies = new CopyOnWriteArrayList<>();
    RawServer server =
        fixture.udp((self, query, from) -> replies.add(() -> sendUnchecked(self, query, from)));
    Upstream upstream = server.upstream();
    Outcome outcome = new Outcome();
    Exchange.Sent sent = fixture.send(upstream, NAME, /* stream= */ false, outcome);
    await(() -> !replies.isEmpty(), "the query");

    fixture.onLoop(sent::withdraw);
    assertThat(upstream.inFlight()).isZero();
    replies.getFirst().run();

    fixture.awaitCount(Counter.UPSTREAM_LATE_REPLIES, 1);
    fixture.onLoop(sent::withdraw);
    assertThat(upstream.inFlight()).isZero();
    assertThat(outcome.hasEnded()).isFalse();
  }

  @Test
  void ask_atBound_isOverloaded() throws Exception {
    fixture.configure(ExchangeConfig.DEFAULTS.withPending(2));
    RawServer server = fixture.udp((self, query, from) -> {});
    Upstream upstream = server.upstream();
    fixture.ask(upstream, NAME);
    fixture.ask(upstream, NAME);

    assertThat(fixture.ask(upstream, NAME).failure()).isEqualTo(FailureKind.OVERLOADED);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM)).isEqualTo(1);
    assertThat(upstream.inFlight()).isEqualTo(2);
  }

  @Test
  void close_queriesPending_failAndNothingGoesOutAnyMore() throws Exception {
    RawServer server = fixture.udp((self, query, from) -> {});
    Upstream upstream = server.upstream();
    Outcome pending = fixture.ask(upstream, NAME);
    fixture.exchange.close();

    assertThat(pending.failure()).isEqualTo(FailureKind.NETWORK_ERROR);
    assertThat(fixture.ask(upstream, NAME).failure()).isEqualTo(FailureKind.NETWORK_ERROR);
    fixture.awaitNoneInFlight(upstream);
  }

  @Test
  void ask_notOneQuestion_isTheCallersMistake() {
    assertThatThrownBy(
            () ->
                fixture.exchange.ask(
                    TestUpstreams.upstream(1), new byte[12], 12, false, 1, new Outcome()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void sendUnchecked(RawServer server, byte[] query, SocketAddress to) {
    try {
      RawServer.echo(server, query, to);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Failures that come without a question. */
  enum BareRcode {
    FORMERR(Rcode.FORMERR),
    SERVFAIL(Rcode.SERVFAIL),
    NOTIMP(Rcode.NOTIMP),
    REFUSED(Rcode.REFUSED);

    private final int rcode;

    BareRcode(int rcode) {
      this.rcode = rcode;
    }

    byte[] header(byte[] query) {
      byte[] header = new byte[Header.LENGTH];
      Header.putUint16(header, Header.ID_OFFSET, Exchanges.id(query));
      Header.putUint16(header, Header.FLAGS_OFFSET, Header.QR | rcode);
      return header;
    }
  }
}
