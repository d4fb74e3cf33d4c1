package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.Casing;
import dev.holdfast.upstream.Cookies;
import dev.holdfast.upstream.Health;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;

/**
 * Random case and cookies towards the servers that people run, seen by a relay on the way: what
 * they are asked, and what they say.
 */
@Attack(Threat.CASE_GUESSING)
class RealUpstreamsTest {

  private static final int CLIENT_COOKIE_DIGITS = 16;
  private static final String SECRET = "000102030405060708090a0b0c0d0e0f";
  private static final String OTHER_SECRET = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";

  @TempDir Path folder;

  private Relay relay;

  @BeforeEach
  void startRelay() throws IOException {
    relay = Relay.start();
  }

  @AfterEach
  void stopRelay() {
    relay.close();
  }

  @ParameterizedTest
  @EnumSource(NameServer.Kind.class)
  void ask_inRandomCase_everyReplyKeepsIt(NameServer.Kind kind) throws Exception {
    try (NameServer upstream = NameServer.start(folder, kind, NameServer.Cookies.IGNORED);
        TestServer server = asking(upstream, "upstream.case-randomisation=on");
        Stub stub = server.stub()) {
      askAll(stub);

      assertThat(server.upstream().casing().state()).isEqualTo(Casing.State.KEPT);
      assertThat(relay.queries()).hasSize(NameServer.HOSTS);
      assertThat(names(relay.queries())).anyMatch(name -> !isLowerCase(name));
      assertThat(names(relay.replies())).isEqualTo(names(relay.queries()));
      assertNothingLost(server);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NSD", "BIND"})
  void ask_serverWithCookies_getsItsOwnBack(NameServer.Kind kind) throws Exception {
    try (NameServer upstream = NameServer.start(folder, kind, NameServer.Cookies.ANSWERED);
        TestServer server = asking(upstream);
        Stub stub = server.stub()) {
      askAll(stub);

      assertThat(server.upstream().cookies().state()).isEqualTo(Cookies.State.KNOWN);
      List<String> sent = cookies(relay.queries());
      List<String> told = cookies(relay.replies());
      assertThat(sent).hasSize(NameServer.HOSTS);
      assertThat(sent.getFirst()).hasSize(CLIENT_COOKIE_DIGITS);
      assertThat(told).allMatch(cookie -> cookie.startsWith(sent.getFirst()));
      assertThat(sent.subList(1, sent.size())).isEqualTo(told.subList(0, told.size() - 1));
      assertNothingLost(server);
      assertThat(server.count(Counter.UPSTREAM_BAD_COOKIES)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(NameServer.Kind.class)
  void ask_serverWithoutCookies_isAnsweredAllTheSame(NameServer.Kind kind) throws Exception {
    try (NameServer upstream = NameServer.start(folder, kind, NameServer.Cookies.IGNORED);
        TestServer server = asking(upstream);
        Stub stub = server.stub()) {
      askAll(stub);

      assertThat(cookies(relay.queries()))
          .hasSize(NameServer.HOSTS)
          .allMatch(cookie -> cookie.length() == CLIENT_COOKIE_DIGITS);
      assertThat(cookies(relay.replies())).allMatch(String::isEmpty);
      assertNothingLost(server);
    }
  }

  @Test
  void ask_serverThatDemandsItsCookie_isAskedOnceMore() throws Exception {
    InetSocketAddress address = NameServer.freeAddress();
    try (TestServer server = TestServer.asking(relay.address(), folder);
        Stub stub = server.stub()) {
      relay.forwardTo(address);
      try (var _ = demanding(SECRET, address)) {
        askAll(stub);

        assertThat(server.count(Counter.UPSTREAM_BAD_COOKIES)).isEqualTo(1);
        assertThat(relay.queries()).hasSize(NameServer.HOSTS + 1);
        assertThat(server.upstream().cookies().state()).isEqualTo(Cookies.State.KNOWN);
      }
      try (var _ = demanding(OTHER_SECRET, address)) {
        assertThat(stub.ask("absent.example.org").getRcode()).isEqualTo(Rcode.NXDOMAIN);

        assertThat(server.count(Counter.UPSTREAM_BAD_COOKIES)).isEqualTo(2);
        assertThat(server.count(Counter.UPSTREAM_ASKED_AGAIN)).isEqualTo(2);
        assertThat(server.count(Counter.UPSTREAM_COOKIES_GIVEN_UP)).isZero();
        assertThat(server.count(Counter.UPSTREAM_CONNECTIONS_OPENED)).isZero();
        assertThat(server.count(Counter.ANSWERS_FAILURE)).isZero();
      }
    }
  }

  private NameServer demanding(String secret, InetSocketAddress address) throws Exception {
    return NameServer.start(
        folder, NameServer.Kind.BIND, NameServer.Cookies.REQUIRED, secret, address);
  }

  /** A server that asks {@code upstream} by way of the relay. */
  private TestServer asking(NameServer upstream, String... settings) throws Exception {
    relay.forwardTo(upstream.address());
    return TestServer.asking(relay.address(), folder, settings);
  }

  private static void askAll(Stub stub) throws IOException {
    for (int host = 0; host < NameServer.HOSTS; host++) {
      assertThat(Stub.answers(stub.ask("h" + host + ".example.org")))
          .containsExactly("192.0.2." + host);
    }
  }

  /* Every question took one message, and none the way around over TCP. */
  private void assertNothingLost(TestServer server) {
    assertThat(relay.forwarded()).isEqualTo(NameServer.HOSTS);
    assertThat(server.count(Counter.UPSTREAM_QUERIES)).isEqualTo(NameServer.HOSTS);
    for (Counter counter :
        List.of(
            Counter.UPSTREAM_ASKED_AGAIN,
            Counter.UPSTREAM_CASE_GIVEN_UP,
            Counter.UPSTREAM_CONNECTIONS_OPENED,
            Counter.UPSTREAM_COOKIES_GIVEN_UP,
            Counter.UPSTREAM_ERROR_REPLIES,
            Counter.UPSTREAM_MALFORMED,
            Counter.UPSTREAM_NEAR_MISS_CASE,
            Counter.UPSTREAM_NEAR_MISS_COOKIE,
            Counter.UPSTREAM_NEAR_MISS_LIMIT,
            Counter.UPSTREAM_UNSOLICITED)) {
      assertThat(server.count(counter)).as(counter.name()).isZero();
    }
    assertThat(server.upstream().state()).isEqualTo(Health.State.UP);
  }

  private static boolean isLowerCase(String name) {
    return name.equals(name.toLowerCase(Locale.ROOT));
  }

  private static List<String> names(List<byte[]> messages) {
    return messages.stream().map(bytes -> parse(bytes).getQuestion().getName().toString()).toList();
  }

  /** The cookie of each message in hexadecimal digits, empty without one. */
  private static List<String> cookies(List<byte[]> messages) {
    return messages.stream().map(bytes -> cookie(parse(bytes))).toList();
  }

  private static String cookie(Message message) {
    OPTRecord opt = message.getOPT();
    List<EDNSOption> found = opt == null ? List.of() : opt.getOptions(EDNSOption.Code.COOKIE);
    if (found.isEmpty()) {
      return "";
    }
    byte[] option = found.getFirst().toWire();
    return HexFormat.of().formatHex(option, 4, option.length);
  }

  private static Message parse(byte[] bytes) {
    try {
      return new Message(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
