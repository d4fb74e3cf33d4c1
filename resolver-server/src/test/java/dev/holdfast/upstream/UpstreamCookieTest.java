package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Rcode;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cookies that upstreams are sent and must bring back (RFC 7873 §5.1, §5.3). */
@Attack(Threat.CASE_GUESSING)
final class UpstreamCookieTest {

  private static final Network NETWORK = Network.EPOLL_IPV4;
  private static final String NAME = "www.example.org";
  private static final String FIRST = "aabbccddeeff0011";
  private static final String SECOND = "0102030405060708090a0b0c0d0e0f10";
  private static final long HOUR_MILLIS = 3_600_000;

  /** The cookies that came with queries, in hexadecimal digits; empty without one. */
  private final List<String> received = new CopyOnWriteArrayList<>();

  /** What the server does for the n-th query. */
  private interface Turn {
    void take(RawServer self, byte[] query, SocketAddress from, int n) throws IOException;
  }

  @Test
  void ask_upstreamWithCookies_getsItsOwnBack() throws Exception {
    try (RawServer server = server((self, query, from, n) -> withCookie(self, query, from, FIRST));
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      assertThat(upstream.cookies().state()).isEqualTo(Cookies.State.UNKNOWN);
      fixture.ask(upstream, NAME).reply();
      fixture.ask(upstream, NAME).reply();
      fixture.ask(server.upstream(), NAME).reply();

      assertThat(upstream.cookies().state()).isEqualTo(Cookies.State.KNOWN);
      String client = received.getFirst();
      assertThat(client).hasSize(16);
      assertThat(received.get(1)).isEqualTo(client + FIRST);
      assertThat(received.get(2)).as("of another upstream").hasSize(16).isNotEqualTo(client);
      assertThat(fixture.count(Counter.UPSTREAM_ASKED_AGAIN)).isZero();
    }
  }

  @Test
  void ask_upstreamWithNewCookie_getsTheNewOne() throws Exception {
    try (RawServer server =
            server(
                (self, query, from, n) -> withCookie(self, query, from, n == 0 ? FIRST : SECOND));
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      for (int i = 0; i < 3; i++) {
        fixture.ask(upstream, NAME).reply();
      }
      assertThat(received.getLast()).isEqualTo(received.getFirst() + SECOND);
    }
  }

  @Test
  void ask_upstreamThatIgnoresCookies_isAnsweredAllTheSame() throws Exception {
    try (RawServer server = server((self, query, from, n) -> plain(self, query, from, 0));
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      for (int i = 0; i < 10; i++) {
        fixture.ask(upstream, NAME).reply();
      }
      assertThat(received).hasSize(10).allMatch(cookie -> cookie.length() == 16);
      assertThat(upstream.cookies().state()).isEqualTo(Cookies.State.UNKNOWN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "wrong", "cut"})
  void ask_forgedReplyFirst_realOneWins(String kind) throws Exception {
    try (RawServer server =
            server(
                (self, query, from, n) -> {
                  if (n == 1) {
                    forge(kind, self, query, from);
                  }
                  withCookie(self, query, from, FIRST);
                });
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      fixture.ask(upstream, NAME).reply();
      byte[] reply = fixture.ask(upstream, NAME).reply();

      assertThat(reply[3] & Header.RCODE_MASK).isEqualTo(Rcode.NOERROR);
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_COOKIE)).isEqualTo(1);
      assertThat(fixture.count(Counter.UPSTREAM_ASKED_AGAIN)).isEqualTo(1);
      assertThat(fixture.count(Counter.UPSTREAM_COOKIES_GIVEN_UP)).isZero();
      assertThat(upstream.cookies().state()).isEqualTo(Cookies.State.KNOWN);
      assertThat(upstream.state()).isEqualTo(Health.State.UP);
      fixture.awaitNoneInFlight(upstream);
    }
  }

  private static void forge(String kind, RawServer self, byte[] query, SocketAddress from)
      throws IOException {
    switch (kind) {
      case "none" -> plain(self, query, from, Rcode.NXDOMAIN);
      case "wrong" -> self.send(response(query, Rcode.NXDOMAIN, "00".repeat(8) + FIRST), from);
      default -> self.send(response(query, Rcode.NXDOMAIN, client(query) + "00"), from);
    }
  }

  @Test
  void ask_upstreamStopsToBringItBack_isFoundOutAndRemembered() throws Exception {
    try (RawServer server =
            server(
                (self, query, from, n) -> {
                  if (n == 0) {
                    withCookie(self, query, from, FIRST);
                  } else {
                    plain(self, query, from, 0);
                  }
                });
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      fixture.ask(upstream, NAME).reply();
      fixture.ask(upstream, NAME).reply();
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_COOKIE)).isEqualTo(Habit.LOST_AFTER);
      assertThat(fixture.count(Counter.UPSTREAM_COOKIES_GIVEN_UP)).isEqualTo(1);
      assertThat(upstream.cookies().state()).isEqualTo(Cookies.State.NONE);
      assertThat(received).hasSize(Habit.LOST_AFTER + 2).endsWith("");

      fixture.ask(upstream, NAME).reply();
      assertThat(received).endsWith("", "");
      fixture.advance(HOUR_MILLIS + 1);
      fixture.ask(upstream, NAME).reply();
      assertThat(received.getLast()).hasSize(16);
    }
  }

  @Test
  void ask_badCookie_isAskedAgainWithTheNewOne() throws Exception {
    try (RawServer server =
            server(
                (self, query, from, n) -> {
                  boolean knows = cookie(query).endsWith(SECOND);
                  self.send(
                      response(query, knows ? 0 : Rcode.BADCOOKIE, client(query) + SECOND), from);
                });
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      byte[] reply = fixture.ask(upstream, NAME).reply();

      assertThat(reply[3] & Header.RCODE_MASK).isEqualTo(Rcode.NOERROR);
      assertThat(received).hasSize(2);
      assertThat(fixture.count(Counter.UPSTREAM_BAD_COOKIES)).isEqualTo(1);
    }
  }

  @Test
  void ask_badCookieTwice_endsInTcp() throws Exception {
    try (RawServer server =
            server(
                (self, query, from, n) ->
                    self.send(response(query, Rcode.BADCOOKIE, client(query) + FIRST), from));
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      assertThat(fixture.ask(upstream, NAME).failure()).isEqualTo(FailureKind.NEAR_MISSES);

      assertThat(received).hasSize(2);
      assertThat(fixture.count(Counter.UPSTREAM_BAD_COOKIES)).isEqualTo(2);
      assertThat(upstream.state()).isEqualTo(Health.State.UP);
    }
  }

  @Test
  void ask_upstreamThatCannotReadCookies_isAskedWithout() throws Exception {
    try (RawServer server =
            server(
                (self, query, from, n) ->
                    plain(self, query, from, cookie(query).isEmpty() ? 0 : Rcode.FORMERR));
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      byte[] reply = fixture.ask(upstream, NAME).reply();
      assertThat(reply[3] & Header.RCODE_MASK).isEqualTo(Rcode.NOERROR);
      fixture.ask(upstream, NAME).reply();

      assertThat(received).hasSize(3).endsWith("", "");
      assertThat(fixture.count(Counter.UPSTREAM_COOKIES_GIVEN_UP)).isEqualTo(1);
      assertThat(upstream.cookies().state()).isEqualTo(Cookies.State.NONE);
    }
  }

  @Test
  void ask_cookiesSwallowedOnTheWay_areLeftOut() throws Exception {
    long shortNanos = TimeUnit.MILLISECONDS.toNanos(30);
    try (RawServer server =
            server(
                (self, query, from, n) -> {
                  if (cookie(query).isEmpty()) {
                    plain(self, query, from, 0);
                  }
                });
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      Upstream upstream = server.upstream();
      for (int i = 0; i < Cookies.SWALLOWED_AFTER; i++) {
        assertThat(fixture.ask(upstream, NAME, shortNanos).failure())
            .isEqualTo(FailureKind.TIMEOUT);
      }
      fixture.ask(upstream, NAME).reply();

      assertThat(fixture.count(Counter.UPSTREAM_COOKIES_GIVEN_UP)).isEqualTo(1);
      assertThat(upstream.cookies().state()).isEqualTo(Cookies.State.NONE);
    }
  }

  @Test
  void ask_off_sendsNone() throws Exception {
    try (RawServer server = server((self, query, from, n) -> plain(self, query, from, 0));
        ExchangeFixture fixture = new ExchangeFixture(NETWORK)) {
      fixture.exchange.guard(new ForgeryConfig(CaseRandomisation.AUTO, /* cookies= */ false));
      fixture.ask(server.upstream(), NAME).reply();

      assertThat(received).containsExactly("");
    }
  }

  private RawServer server(Turn turn) throws IOException {
    return RawServer.udp(
        NETWORK.loopback,
        (self, query, from) -> {
          received.add(cookie(query));
          turn.take(self, query, from, received.size() - 1);
        });
  }

  private static void withCookie(
      RawServer self, byte[] query, SocketAddress from, String serverCookie) throws IOException {
    self.send(response(query, Rcode.NOERROR, client(query) + serverCookie), from);
  }

  private static void plain(RawServer self, byte[] query, SocketAddress from, int rcode)
      throws IOException {
    self.send(response(query, rcode, ""), from);
  }

  /** The query's COOKIE option behind its empty OPT record. */
  private static String cookie(byte[] query) {
    int data = optEnd(query) + Edns.OPTION_HEADER_LENGTH;
    return data > query.length ? "" : HexFormat.of().formatHex(query, data, query.length);
  }

  private static String client(byte[] query) {
    return cookie(query).substring(0, 16);
  }

  private static int optEnd(byte[] query) {
    return Exchanges.typeOffset(query) + 4 + Edns.RECORD_LENGTH;
  }

  /** A response with an OPT record, and a cookie in it unless that is empty. */
  private static byte[] response(byte[] query, int rcode, String cookie) {
    int end = optEnd(query);
    byte[] value = HexFormat.of().parseHex(cookie);
    int optionLength = value.length == 0 ? 0 : Edns.OPTION_HEADER_LENGTH + value.length;
    byte[] response = Arrays.copyOf(Exchanges.response(query), end + optionLength);
    response[3] |= (byte) (rcode & Header.RCODE_MASK);
    response[end - 6] = (byte) (rcode >>> 4);
    Header.putUint16(response, end - 2, optionLength);
    if (optionLength > 0) {
      Header.putUint16(response, end, Edns.OPTION_COOKIE);
      Header.putUint16(response, end + 2, value.length);
      System.arraycopy(value, 0, response, end + Edns.OPTION_HEADER_LENGTH, value.length);
    }
    return response;
  }
}
