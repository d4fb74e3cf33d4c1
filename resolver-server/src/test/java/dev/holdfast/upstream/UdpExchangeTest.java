package dev.holdfast.upstream;

import static dev.holdfast.upstream.ExchangeFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Opcode;
import dev.holdfast.wire.Rcode;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Network.class)
class UdpExchangeTest {

  private static final String NAME = "www.example.org";

  private final Network network;

  UdpExchangeTest(Network network) {
    this.network = network;
  }

  @Test
  void ask_answered_handlerGetsReply() throws Exception {
    List<byte[]> received = new CopyOnWriteArrayList<>();
    try (RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> {
                  received.add(query);
                  RawServer.echo(self, query, from);
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      fixture.exchange.guard(new ForgeryConfig(CaseRandomisation.OFF, /* cookies= */ false));
      byte[] reply = fixture.ask(upstream, NAME).reply();

      byte[] expected = Exchanges.query(NAME);
      Header.putUint16(expected, Header.ID_OFFSET, Exchanges.id(received.getFirst()));
      assertThat(received).containsExactly(expected);
      assertThat(reply).isEqualTo(Exchanges.response(expected));
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Test
  void ask_pending_knowsItsOwnSocket() throws Exception {
    List<SocketAddress> sources = new CopyOnWriteArrayList<>();
    try (RawServer server =
            RawServer.udp(network.loopback, (self, query, from) -> sources.add(from));
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      fixture.ask(upstream, NAME);
      await(() -> !sources.isEmpty(), "the query");

      InetSocketAddress source = (InetSocketAddress) sources.getFirst();
      assertThat(source.getPort()).isGreaterThanOrEqualTo(1024);
      assertThat(fixture.isOwn(false, source)).isTrue();
      assertThat(fixture.isOwn(true, source)).isFalse();
      assertThat(upstream.inFlight()).isEqualTo(1);
    }
  }

  @Test
  void withdraw_socketGone_endedQueryKeepsNothingOfIt() throws Exception {
    ExchangeConfig defaults = ExchangeConfig.DEFAULTS;
    ExchangeConfig twoPerSocket =
        new ExchangeConfig(
            /* sockets= */ 1,
            /* minQueriesPerSocket= */ 2,
            /* maxQueriesPerSocket= */ 2,
            defaults.socketAge(),
            defaults.nearMisses(),
            defaults.pending(),
            defaults.connections(),
            defaults.busyConnection(),
            defaults.connectionIdle(),
            defaults.firstBackOff(),
            defaults.lastBackOff());
    try (RawServer server = RawServer.udp(network.loopback, (self, query, from) -> {});
        ExchangeFixture fixture = new ExchangeFixture(network, twoPerSocket)) {
      Upstream upstream = server.upstream();
      Exchange.Sent kept = fixture.send(upstream, NAME, /* stream= */ false, new Outcome());
      WeakReference<Outcome> neighbour = withdrawn(fixture, upstream);
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
  }

  private static WeakReference<Outcome> withdrawn(ExchangeFixture fixture, Upstream upstream) {
    Outcome outcome = new Outcome();
    Exchange.Sent sent = fixture.send(upstream, NAME, /* stream= */ false, outcome);
    fixture.onLoop(sent::withdraw);
    return new WeakReference<>(outcome);
  }

  @ParameterizedTest
  @EnumSource(NearMiss.class)
  @Attack(Threat.NEAR_MISS_REPLIES)
  void ask_twoNearMissesFirst_realReplyWins(NearMiss miss) throws Exception {
    try (RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> {
                  self.send(miss.of(query), from);
                  self.send(miss.of(query), from);
                  RawServer.echo(self, query, from);
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      byte[] reply = fixture.ask(server.upstream(), NAME).reply();

      assertThat(reply).isEqualTo(Exchanges.altered(reply, unchanged -> {}));
      if (miss != NearMiss.EMPTY) {
        assertThat(fixture.count(miss.counter)).isEqualTo(2);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = NearMiss.class, mode = EnumSource.Mode.EXCLUDE, names = "EMPTY")
  @Attack(Threat.NEAR_MISS_REPLIES)
  void ask_thousandNearMissesFirst_failsOnceWithoutBlame(NearMiss miss) throws Exception {
    try (RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> {
                  for (int i = 0; i < 1000; i++) {
                    self.send(miss.of(query), from);
                  }
                  RawServer.echo(self, query, from);
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      Outcome outcome = fixture.ask(upstream, NAME);
      assertThat(outcome.failure()).isEqualTo(FailureKind.NEAR_MISSES);
      assertThat(fixture.count(miss.counter)).isEqualTo(3);
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_LIMIT)).isEqualTo(1);
      assertThat(upstream.state()).isEqualTo(Health.State.UP);
      fixture.awaitNoneInFlight(upstream);
      assertThat(outcome.calls()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(NearMiss.class)
  @Attack(Threat.NEAR_MISS_REPLIES)
  void ask_patientWithNearMisses_realReplyWinsAfterManyOfThem(NearMiss miss) throws Exception {
    int misses = 150;
    try (RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> {
                  for (int i = 0; i < misses; i++) {
                    self.send(miss.of(query), from);
                  }
                  RawServer.echo(self, query, from);
                });
        ExchangeFixture fixture = new ExchangeFixture(network, sockets(32, 32, 1000))) {
      fixture.ask(server.upstream(), NAME).reply();

      if (miss != NearMiss.EMPTY) {
        assertThat(fixture.count(miss.counter)).isEqualTo(misses);
      }
    }
  }

  @Test
  @Attack(Threat.WRONG_SOURCE)
  void ask_replyFromAnotherPort_neverArrives() throws Exception {
    try (DatagramSocket spoofer = new DatagramSocket(new InetSocketAddress(network.loopback, 0));
        RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> {
                  byte[] spoofed = Exchanges.altered(query, response -> response[3] = 3);
                  for (int i = 0; i < 10; i++) {
                    spoofer.send(new DatagramPacket(spoofed, spoofed.length, from));
                  }
                  RawServer.echo(self, query, from);
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      byte[] reply = fixture.ask(server.upstream(), NAME).reply();

      assertThat(reply[3] & Header.RCODE_MASK).isEqualTo(Rcode.NOERROR);
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_ID)).isZero();
    }
  }

  @Test
  void ask_handlerTurnsReplyDown_waitsForTheNext() throws Exception {
    try (RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> {
                  RawServer.echo(self, query, from);
                  RawServer.echo(self, query, from);
                  RawServer.echo(self, query, from);
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      ask(fixture, upstream, new Outcome().refusing(2)).reply();
      Outcome neverPleased = ask(fixture, upstream, new Outcome().refusing(3));

      assertThat(neverPleased.failure()).isEqualTo(FailureKind.NEAR_MISSES);
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_LIMIT)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(BareRcode.class)
  void ask_bareHeaderWithFailure_isTheAnswer(BareRcode rcode) throws Exception {
    try (RawServer server =
            RawServer.udp(
                network.loopback, (self, query, from) -> self.send(rcode.header(query), from));
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      assertThat(fixture.ask(server.upstream(), NAME).reply()).hasSize(Header.LENGTH);
    }
  }

  @Test
  void ask_closedPort_isRefused() throws Exception {
    InetSocketAddress nobody;
    try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(network.loopback, 0))) {
      nobody = (InetSocketAddress) taken.getLocalSocketAddress();
    }
    try (ExchangeFixture fixture = new ExchangeFixture(network, sockets(1, 96, 3))) {
      Upstream upstream = new Upstream(new UpstreamSpec(nobody, false));
      for (int i = 0; i < 5; i++) {
        Outcome one = fixture.ask(upstream, NAME);
        Outcome other = fixture.ask(upstream, NAME);
        assertThat(one.failure()).isEqualTo(FailureKind.REFUSED_CONNECTION);
        assertThat(other.failure()).isEqualTo(FailureKind.REFUSED_CONNECTION);
      }
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Test
  void ask_noWayThere_isANetworkError() throws Exception {
    try (ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream broadcast = new Upstream(TestUpstreams.spec("255.255.255.255", 53));

      assertThat(fixture.ask(broadcast, NAME).failure()).isEqualTo(FailureKind.NETWORK_ERROR);
      fixture.awaitNoneInFlight(broadcast);
    }
  }

  @Test
  void ask_handlerThrows_isCountedAndTheSocketGoesOn() throws Exception {
    try (RawServer server = RawServer.udp(network.loopback, RawServer::echo);
        ExchangeFixture fixture = new ExchangeFixture(network, sockets(1, 96, 3))) {
      Upstream upstream = server.upstream();
      Runnable bug =
          () -> {
            throw new IllegalStateException("a bug of the caller");
          };
      Outcome thrower = ask(fixture, upstream, new Outcome(bug));
      fixture.expectUnexpectedFailures(1);
      fixture.ask(upstream, NAME).reply();

      assertThat(thrower.calls()).isEqualTo(1);
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Test
  void ask_silence_timesOut() throws Exception {
    try (RawServer server = RawServer.udp(network.loopback, (self, query, from) -> {});
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      Outcome outcome = fixture.ask(upstream, NAME, TimeUnit.MILLISECONDS.toNanos(50));

      assertThat(outcome.failure()).isEqualTo(FailureKind.TIMEOUT);
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Test
  void reply_afterTimeout_healsNothing() throws Exception {
    List<Runnable> replies = new CopyOnWriteArrayList<>();
    try (RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> replies.add(() -> sendUnchecked(self, query, from)));
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      Outcome outcome = fixture.ask(upstream, NAME, TimeUnit.MILLISECONDS.toNanos(50));
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
  }

  @Test
  void withdraw_beforeTheReply_freesThePlaceAndTheReplyIsLate() throws Exception {
    List<Runnable> replies = new CopyOnWriteArrayList<>();
    try (RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> replies.add(() -> sendUnchecked(self, query, from)));
        ExchangeFixture fixture = new ExchangeFixture(network)) {
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
  }

  @Test
  void reply_twice_isNoNearMissForOthersOnTheSocket() throws Exception {
    try (RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> {
                  if (!Exchanges.firstLabel(query).equalsIgnoreCase("silent")) {
                    for (int i = 0; i < 10; i++) {
                      RawServer.echo(self, query, from);
                    }
                  }
                });
        ExchangeFixture fixture = new ExchangeFixture(network, sockets(1, 96, 3))) {
      Upstream upstream = server.upstream();
      Outcome silent = fixture.ask(upstream, "silent.example.org");
      fixture.ask(upstream, NAME).reply();
      fixture.awaitCount(Counter.UPSTREAM_LATE_REPLIES, 9);

      assertThat(silent.hasEnded()).isFalse();
    }
  }

  @Test
  void ask_atBound_isOverloaded() throws Exception {
    try (RawServer server = RawServer.udp(network.loopback, (self, query, from) -> {});
        ExchangeFixture fixture =
            new ExchangeFixture(network, ExchangeConfig.DEFAULTS.withPending(2))) {
      Upstream upstream = server.upstream();
      fixture.ask(upstream, NAME);
      fixture.ask(upstream, NAME);

      assertThat(fixture.ask(upstream, NAME).failure()).isEqualTo(FailureKind.OVERLOADED);
      assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM)).isEqualTo(1);
      assertThat(upstream.inFlight()).isEqualTo(2);
    }
  }

  @Test
  void close_queriesPending_failAndNothingGoesOutAnyMore() throws Exception {
    try (RawServer server = RawServer.udp(network.loopback, (self, query, from) -> {});
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      Outcome pending = fixture.ask(upstream, NAME);
      fixture.exchange.close();

      assertThat(pending.failure()).isEqualTo(FailureKind.NETWORK_ERROR);
      assertThat(fixture.ask(upstream, NAME).failure()).isEqualTo(FailureKind.NETWORK_ERROR);
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Test
  void ask_notOneQuestion_isTheCallersMistake() {
    try (ExchangeFixture fixture = new ExchangeFixture(network)) {
      assertThatThrownBy(
              () ->
                  fixture.exchange.ask(
                      TestUpstreams.upstream(1), new byte[12], 12, false, 1, new Outcome()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void ask_handlerAsksAgain_socketsRotateAndNoneIsLeftAtTheEnd() throws Exception {
    Map<Integer, Integer> queriesByPort = new HashMap<>();
    try (RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> {
                  synchronized (queriesByPort) {
                    queriesByPort.merge(((InetSocketAddress) from).getPort(), 1, Integer::sum);
                  }
                  RawServer.echo(self, query, from);
                });
        ExchangeFixture fixture = new ExchangeFixture(network, sockets(4, 10, 3))) {
      Upstream upstream = server.upstream();
      Outcome[] outcomes = new Outcome[200];
      for (int i = outcomes.length - 1; i >= 0; i--) {
        int next = i + 1;
        outcomes[i] =
            new Outcome(
                () -> {
                  if (next < outcomes.length) {
                    askOnLoop(fixture, upstream, outcomes[next]);
                  }
                });
      }
      fixture.onLoop(() -> askOnLoop(fixture, upstream, outcomes[0]));
      for (Outcome outcome : outcomes) {
        outcome.reply();
      }

      synchronized (queriesByPort) {
        assertThat(queriesByPort.values()).allSatisfy(count -> assertThat(count).isBetween(1, 10));
        assertThat(queriesByPort).hasSizeBetween(20, 44);
      }
      assertThat(fixture.openChannels()).isBetween(1, 4);
    }
  }

  @Test
  void socket_grownOld_closesByItself() throws Exception {
    ExchangeConfig config =
        new ExchangeConfig(
            4,
            32,
            96,
            Duration.ofMillis(20),
            3,
            1024,
            2,
            32,
            Duration.ofSeconds(10),
            Duration.ofMillis(100),
            Duration.ofSeconds(2));
    try (RawServer server = RawServer.udp(network.loopback, RawServer::echo);
        ExchangeFixture fixture = new ExchangeFixture(network, config)) {
      fixture.ask(server.upstream(), NAME).reply();
      await(() -> fixture.openChannels() == 0, "the socket's end");

      assertThat(fixture.count(Counter.UPSTREAM_SOCKETS_OPENED)).isEqualTo(1);
    }
  }

  private static Outcome ask(ExchangeFixture fixture, Upstream upstream, Outcome outcome) {
    return fixture.ask(upstream, NAME, false, ExchangeFixture.PATIENCE_NANOS, outcome);
  }

  private static void askOnLoop(ExchangeFixture fixture, Upstream upstream, Outcome outcome) {
    byte[] query = Exchanges.query(NAME);
    fixture.exchange.ask(
        upstream, query, query.length, false, ExchangeFixture.PATIENCE_NANOS, outcome);
  }

  private static void sendUnchecked(RawServer server, byte[] query, SocketAddress to) {
    try {
      RawServer.echo(server, query, to);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ExchangeConfig sockets(int sockets, int maxQueries, int nearMisses) {
    return new ExchangeConfig(
        sockets,
        Math.min(maxQueries, 5),
        maxQueries,
        Duration.ofSeconds(10),
        nearMisses,
        1024,
        2,
        32,
        Duration.ofSeconds(10),
        Duration.ofMillis(100),
        Duration.ofSeconds(2));
  }

  /** A message that is almost the reply, and the counter that hears of it. */
  enum NearMiss {
    WRONG_ID(Counter.UPSTREAM_NEAR_MISS_ID) {
      @Override
      void change(byte[] reply) {
        reply[0] ^= 1;
      }
    },
    WRONG_NAME(Counter.UPSTREAM_NEAR_MISS_QUESTION) {
      @Override
      void change(byte[] reply) {
        reply[13] = 'x';
      }
    },
    WRONG_TYPE(Counter.UPSTREAM_NEAR_MISS_QUESTION) {
      @Override
      void change(byte[] reply) {
        reply[Exchanges.typeOffset(reply) + 1] = 28;
      }
    },
    WRONG_CLASS(Counter.UPSTREAM_NEAR_MISS_QUESTION) {
      @Override
      void change(byte[] reply) {
        reply[Exchanges.typeOffset(reply) + 3] = 3;
      }
    },
    NO_RESPONSE(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      void change(byte[] reply) {
        reply[2] &= 0x7f;
      }
    },
    WRONG_OPCODE(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      void change(byte[] reply) {
        reply[2] |= Opcode.NOTIFY << 3;
      }
    },
    NO_QUESTION(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      void change(byte[] reply) {
        reply[5] = 0;
      }
    },
    TWO_QUESTIONS(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      void change(byte[] reply) {
        reply[5] = 2;
      }
    },
    CUT_IN_QUESTION(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      byte[] of(byte[] query) {
        return Arrays.copyOf(Exchanges.response(query), Header.LENGTH + 10);
      }
    },
    CUT_IN_HEADER(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      byte[] of(byte[] query) {
        return Arrays.copyOf(Exchanges.response(query), Header.LENGTH - 1);
      }
    },
    /** The epoll channel drops it by itself. */
    EMPTY(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      byte[] of(byte[] query) {
        return new byte[0];
      }
    };

    final Counter counter;

    NearMiss(Counter counter) {
      this.counter = counter;
    }

    byte[] of(byte[] query) {
      return Exchanges.altered(query, this::change);
    }

    void change(byte[] reply) {}
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
