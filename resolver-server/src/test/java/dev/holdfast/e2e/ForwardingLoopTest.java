package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.holdfast.Await;
import dev.holdfast.StartException;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.SocketAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** A server whose upstream is, in one way or another, itself. */
class ForwardingLoopTest {

  private static final long SENDS_PER_QUESTION = 8;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:5399, 127.0.0.1:5399",
    "127.0.0.1:5399, tcp://127.0.0.1:5399",
    "0.0.0.0:5399, 127.0.0.1:5399",
    "[::]:5399, [::1]:5399"
  })
  void start_upstreamIsItsOwnAddress_isRefused(String listen, String upstream) {
    assertThatThrownBy(
            () -> TestServer.start(folder, "listen=" + listen, "upstreams=" + upstream).close())
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("expected another server: this is where Holdfast listens itself");
    assertThatThrownBy(
            () ->
                TestServer.start(
                        folder,
                        "listen=" + listen,
                        "upstreams=192.0.2.1",
                        "zones.example.org.upstreams=" + upstream)
                    .close())
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("this is where Holdfast listens itself");
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1:5399, 127.0.0.1:5399", "0.0.0.0:5399, 127.0.0.53:5399"})
  void start_resolvConfNamesNothingElse_isRefused(String listen, String server) throws Exception {
    Path resolvConf = Files.writeString(folder.resolve("resolv.conf"), "nameserver " + server);

    assertThatThrownBy(
            () -> TestServer.start(folder, "listen=" + listen, "resolv-conf=" + resolvConf).close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("names only addresses that Holdfast itself listens on")
        .hasMessageContaining("--upstream");
  }

  @Test
  void start_wildcardIsOfTheOtherFamily_asksTheUpstream() throws Exception {
    try (ScriptedUpstream upstream = upstream()) {
      int port = upstream.address().getPort();
      Path resolvConf =
          Files.writeString(folder.resolve("resolv.conf"), "nameserver 127.0.0.1:" + port);
      try (TestServer server =
              TestServer.start(folder, "listen=[::]:" + port, "resolv-conf=" + resolvConf);
          Stub stub = new Stub(loopback6(server))) {
        assertThat(Stub.answers(stub.ask("www.example.org"))).containsExactly("192.0.2.1");
      }
    }
  }

  private static InetSocketAddress loopback6(TestServer server) {
    return new InetSocketAddress(InetAddress.ofLiteral("::1"), server.address().getPort());
  }

  @Test
  void start_resolvConfNamesItToo_asksTheOther() throws Exception {
    Path resolvConf = folder.resolve("resolv.conf");
    try (ScriptedUpstream upstream = upstream();
        TestServer server =
            TestServer.onFreePort(
                folder,
                port -> {
                  Files.writeString(
                      resolvConf,
                      "nameserver 127.0.0.1:%d\nnameserver %s"
                          .formatted(port, SocketAddresses.format(upstream.address())));
                  return new String[] {"listen=127.0.0.1:" + port, "resolv-conf=" + resolvConf};
                });
        Stub stub = server.stub()) {
      for (int i = 0; i < 20; i++) {
        assertThat(Stub.answers(stub.ask("n" + i + ".example.org"))).containsExactly("192.0.2.1");
      }
      assertThat(server.count(Counter.FORWARDING_LOOPS)).isZero();
    }
  }

  @Attack(Threat.FORWARDING_LOOP)
  @Test
  void ask_upstreamForwardsBack_failsWithoutAStorm() throws Exception {
    int questions = 20;
    try (Relay relay = Relay.start();
        TestServer server =
            TestServer.asking(
                relay.address(),
                folder,
                "limits.answer-deadline=1s",
                "stale.client-timeout=500ms");
        Stub stub = server.stub()) {
      relay.forwardTo(server.address());
      for (int i = 0; i < questions; i++) {
        stub.send(false, QueryBytes.of("n" + i + ".example.org", Type.A).edns(1232).build());
      }
      for (int i = 0; i < questions; i++) {
        assertFailed(new Message(stub.receive(false)));
      }

      assertThat(relay.forwarded()).isPositive();
      assertThat(server.count(Counter.UPSTREAM_QUERIES))
          .isLessThanOrEqualTo(SENDS_PER_QUESTION * questions);
      assertThat(Stub.answers(stub.ask("localhost"))).containsExactly("127.0.0.1");
    }
  }

  @Attack(Threat.FORWARDING_LOOP)
  @Test
  @EnabledOnOs(OS.LINUX) // where all of 127.0.0.0/8 is the machine's own
  void ask_upstreamIsTheServerItself_isNoticed() throws Exception {
    for (String scheme : List.of("", "tcp://")) {
      try (TestServer server =
              TestServer.onFreePort(
                  folder,
                  port ->
                      new String[] {
                        "listen=0.0.0.0:" + port, "upstreams=" + scheme + "127.0.0.53:" + port
                      });
          Stub stub = new Stub(loopback(server.address().getPort()))) {
        assertLoopIsNoticed(server, stub);
      }
    }
  }

  @Attack(Threat.FORWARDING_LOOP)
  @Test
  void reload_upstreamIsTheServerItselfOnTheNetwork_isNoticed() throws Exception {
    String own = addressOnANetwork();
    assumeThat(own).as("an address on a network").isNotEmpty();
    for (String scheme : List.of("", "tcp://")) {
      AtomicReference<String> upstream = new AtomicReference<>("192.0.2.99");
      try (TestServer server =
              TestServer.reloadable(
                  folder,
                  () ->
                      new String[] {
                        "listen=" + own + ":0",
                        "access.allow=[127.0.0.1, " + own + "]",
                        "upstreams=" + upstream
                      });
          Stub stub = server.stub()) {
        // A port that was 0 in the configuration: that it is the server's own shows when asked.
        upstream.set(scheme + SocketAddresses.format(server.address()));
        assertThat(server.reload().problems()).isEmpty();

        assertLoopIsNoticed(server, stub);
      }
    }
  }

  private static String addressOnANetwork() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
        .map(InetAddress::getHostAddress)
        .findFirst()
        .orElse("");
  }

  private static void assertLoopIsNoticed(TestServer server, Stub stub) throws Exception {
    assertFailed(stub.ask("www.example.org"));

    assertThat(server.count(Counter.FORWARDING_LOOPS)).isEqualTo(1);
    assertThat(server.count(Counter.UPSTREAM_QUERIES)).isEqualTo(1);
  }

  @Attack(Threat.FORWARDING_LOOP)
  @Test
  void ask_resolvConfComesToNameTheServerItself_isSurvived() throws Exception {
    Path resolvConf = folder.resolve("resolv.conf");
    try (ScriptedUpstream upstream = upstream()) {
      Files.writeString(resolvConf, "nameserver " + SocketAddresses.format(upstream.address()));
      try (TestServer server = TestServer.start(folder, "resolv-conf=" + resolvConf);
          Stub stub = server.stub()) {
        assertThat(Stub.answers(stub.ask("before.example.org"))).containsExactly("192.0.2.1");
        // A port that was 0 in the configuration: that it is the server's own shows when asked.
        Files.writeString(resolvConf, "nameserver " + SocketAddresses.format(server.address()));
        Await.until("the loop", () -> asksItself(server, stub));

        assertFailed(stub.ask("after.example.org"));
        assertThat(Stub.answers(stub.ask("before.example.org"))).containsExactly("192.0.2.1");

        Files.writeString(resolvConf, "nameserver " + SocketAddresses.format(upstream.address()));
        Await.until("the way out", () -> stub.ask("after.example.org").getRcode() == Rcode.NOERROR);
      }
    }
  }

  private static boolean asksItself(TestServer server, Stub stub) throws Exception {
    stub.ask("n" + System.nanoTime() + ".example.org");
    return server.count(Counter.FORWARDING_LOOPS) > 0;
  }

  @Test
  void ask_tcpClientOnAPortOfOurUdpSockets_isNoLoop() throws Exception {
    try (ScriptedUpstream upstream = upstream();
        TestServer server = TestServer.asking(upstream.address(), folder);
        Stub stub = server.stub()) {
      stub.ask("first.example.org");
      int port = upstream.lastQueries().getFirst().port();
      byte[] query = QueryBytes.of("second.example.org", Type.A).build();
      try (Socket socket = new Socket()) {
        socket.bind(loopback(port));
        socket.connect(server.address());
        try (Stub client = new Stub(server.address(), socket)) {
          Message response = new Message(client.ask(true, query));

          assertThat(Stub.answers(response)).containsExactly("192.0.2.1");
        }
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX) // where all of 127.0.0.0/8 is the machine's own
  void ask_udpClientOnAPortOfOurSockets_isNoLoop() throws Exception {
    try (ScriptedUpstream upstream = upstream();
        TestServer server = TestServer.asking(upstream.address(), folder);
        Stub stub = server.stub()) {
      stub.ask("first.example.org");
      int port = upstream.lastQueries().getFirst().port();
      try (Stub client = Stub.at("127.0.0.2", port, server.address())) {
        assertThat(Stub.answers(client.ask("second.example.org"))).containsExactly("192.0.2.1");
      }
      assertThat(server.count(Counter.FORWARDING_LOOPS)).isZero();
    }
  }

  @Test
  void ask_clientOnAPortOfOurConnections_isNoLoop() throws Exception {
    try (ScriptedUpstream upstream = upstream();
        TestServer server =
            TestServer.start(folder, "upstreams=tcp://127.0.0.1:" + upstream.address().getPort());
        Stub stub = server.stub()) {
      stub.ask("first.example.org");
      int port = upstream.lastQueries().getFirst().port();
      byte[] query = QueryBytes.of("second.example.org", Type.A).build();
      try (Socket socket = new Socket()) {
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), port));
        socket.connect(server.address());
        try (Stub client = new Stub(server.address(), socket)) {
          Message response = new Message(client.ask(true, query));

          assertThat(Stub.answers(response)).containsExactly("192.0.2.1");
        }
      }
      assertThat(server.count(Counter.FORWARDING_LOOPS)).isZero();
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  private static ScriptedUpstream upstream() {
    return ScriptedUpstream.start(new Zone().set("*.example.org", "A", 300, "192.0.2.1"));
  }

  private static void assertFailed(Message response) {
    assertThat(response.getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(Stub.extendedErrors(response))
        .hasSize(1)
        .isSubsetOf(
            List.of(
                ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY,
                ExtendedErrorCodeOption.NETWORK_ERROR,
                ExtendedErrorCodeOption.CACHED_ERROR));
  }
}
