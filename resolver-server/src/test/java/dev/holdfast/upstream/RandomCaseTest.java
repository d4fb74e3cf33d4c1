package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names asked in random case (0x20), and upstreams that do not keep it. */
@Attack(Threat.CASE_GUESSING)
final class RandomCaseTest {

  private static final Network NETWORK = Network.EPOLL_IPV4;
  private static final String NAME = "www.example.org";
  private static final long HOUR_MILLIS = 3_600_000;

  private final List<String> asked = new CopyOnWriteArrayList<>();

  @Test
  void ask_manyQueries_everyLetterIsInEitherCase() throws Exception {
    int queries = 400;
    try (RawServer server = server(RawServer::echo);
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      assertThat(upstream.casing().state()).isEqualTo(Casing.State.UNKNOWN);
      for (int i = 0; i < queries; i++) {
        byte[] reply = fixture.ask(upstream, NAME).reply();
        assertThat(Names.toText(reply, Header.LENGTH)).isEqualTo(NAME + ".");
      }
      assertThat(upstream.casing().state()).isEqualTo(Casing.State.KEPT);
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_CASE)).isZero();
    }
    for (int i = 0; i < NAME.length(); i++) {
      int index = i;
      long upper = asked.stream().filter(name -> Character.isUpperCase(name.charAt(index))).count();
      if (NAME.charAt(i) != '.') {
        assertThat(upper).as("letter %d", i).isBetween(queries / 2 - 80L, queries / 2 + 80L);
      }
    }
    assertThat(Set.copyOf(asked)).hasSizeGreaterThan(queries * 9 / 10);
  }

  @Test
  void ask_upstreamInLowerCase_isFoundOutAndRemembered() throws Exception {
    Set<Integer> ids = new HashSet<>();
    try (RawServer server =
            server(
                (self, query, from) -> {
                  ids.add(Exchanges.id(query));
                  lowerCase(self, query, from);
                });
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      fixture.ask(upstream, NAME).reply();
      int queries = Habit.LOST_AFTER + 1;
      assertThat(asked).hasSize(queries).endsWith(NAME + ".");
      assertThat(ids).hasSize(queries);
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_CASE)).isEqualTo(Habit.LOST_AFTER);
      assertThat(fixture.count(Counter.UPSTREAM_ASKED_AGAIN)).isEqualTo(Habit.LOST_AFTER);
      assertThat(fixture.count(Counter.UPSTREAM_CASE_GIVEN_UP)).isEqualTo(1);
      assertThat(upstream.casing().state()).isEqualTo(Casing.State.CHANGED);

      fixture.ask(upstream, NAME).reply();
      assertThat(asked).hasSize(queries + 1).endsWith(NAME + ".", NAME + ".");
      assertThat(upstream.state()).isEqualTo(Health.State.UP);
      fixture.awaitNoneInFlight(upstream);
    }
  }

  @Test
  void ask_anHourAfterItWasGivenUp_oneReplyDecidesAnew() throws Exception {
    boolean[] keeps = {false};
    try (RawServer server =
            server(
                (self, query, from) -> {
                  if (keeps[0]) {
                    RawServer.echo(self, query, from);
                  } else {
                    lowerCase(self, query, from);
                  }
                });
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      fixture.ask(upstream, NAME).reply();
      fixture.advance(HOUR_MILLIS + 1);
      fixture.ask(upstream, NAME).reply();
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_CASE)).isEqualTo(Habit.LOST_AFTER + 1);
      assertThat(fixture.count(Counter.UPSTREAM_CASE_GIVEN_UP)).isEqualTo(2);

      keeps[0] = true;
      fixture.advance(HOUR_MILLIS + 1);
      fixture.ask(upstream, NAME).reply();
      assertThat(upstream.casing().state()).isEqualTo(Casing.State.KEPT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void ask_fewForgedRepliesInOtherCase_realOneWinsAndCaseStays(int forged) throws Exception {
    Set<SocketAddress> sources = new HashSet<>();
    int[] left = {forged};
    try (RawServer server =
            server(
                (self, query, from) -> {
                  sources.add(from);
                  if (left[0]-- > 0) {
                    byte[] reply = Exchanges.response(query);
                    reply[Header.LENGTH + 1] ^= 0x20;
                    reply[3] |= 3;
                    self.send(reply, from);
                  }
                  RawServer.echo(self, query, from);
                });
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      byte[] reply = fixture.ask(upstream, NAME).reply();

      assertThat(reply[3] & Header.RCODE_MASK).isZero();
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_CASE)).isEqualTo(forged);
      assertThat(fixture.count(Counter.UPSTREAM_CASE_GIVEN_UP)).isZero();
      assertThat(upstream.casing().state()).isEqualTo(Casing.State.KEPT);
      assertThat(sources).allMatch(InetSocketAddress.class::isInstance).hasSize(forged + 1);
      assertThat(upstream.state()).isEqualTo(Health.State.UP);
    }
  }

  @Test
  void ask_alwaysOn_replyInOtherCaseEndsInTcp() throws Exception {
    try (RawServer server =
            new RawServer(NETWORK.loopback, RandomCaseTest::lowerCase, RawServer.Connection::echo);
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      fixture.exchange.guard(new ForgeryConfig(CaseRandomisation.ON, /* cookies= */ true));
      Upstream upstream = server.upstream();
      for (int i = 0; i < 10; i++) {
        assertThat(fixture.ask(upstream, NAME).failure()).isEqualTo(FailureKind.NEAR_MISSES);
      }
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_CASE)).isEqualTo(10);
      assertThat(fixture.askOverTcp(upstream, NAME).reply()).isNotEmpty();
      assertThat(upstream.state()).isEqualTo(Health.State.UP);
    }
  }

  @Test
  void ask_off_goesOutInLowerCaseAndAnyCaseIsTaken() throws Exception {
    try (RawServer server =
            server(
                (self, query, from) ->
                    self.send(Exchanges.altered(query, reply -> reply[13] = 'W'), from));
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      fixture.exchange.guard(new ForgeryConfig(CaseRandomisation.OFF, /* cookies= */ true));
      byte[] reply = fixture.ask(server.upstream(), NAME).reply();

      assertThat(asked).containsExactly(NAME + ".");
      assertThat(Names.toText(reply, Header.LENGTH)).isEqualTo(NAME + ".");
    }
  }

  private RawServer server(RawServer.DatagramScript script) throws IOException {
    return RawServer.udp(
        NETWORK.loopback,
        (self, query, from) -> {
          asked.add(Names.toText(query, Header.LENGTH));
          script.received(self, query, from);
        });
  }

  private static void lowerCase(RawServer self, byte[] query, SocketAddress from)
      throws IOException {
    byte[] reply = Exchanges.response(query);
    int nameLength = Exchanges.typeOffset(query) - Header.LENGTH;
    Names.fold(reply, Header.LENGTH, reply, Header.LENGTH, nameLength);
    self.send(reply, from);
  }
}
