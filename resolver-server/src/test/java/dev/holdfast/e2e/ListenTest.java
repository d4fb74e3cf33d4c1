package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/**
 * Addresses to listen on. The clients are connected: an answer from another address than the one
 * they asked would not reach them.
 */
class ListenTest {

  @TempDir Path folder;

  private ScriptedUpstream upstream;

  @BeforeEach
  void start() {
    upstream = ScriptedUpstream.start(new Zone().set("*.example.org", "A", 300, "192.0.2.1"));
  }

  @AfterEach
  void stop() {
    upstream.close();
  }

  @Test
  @EnabledOnOs(OS.LINUX) // where all of 127.0.0.0/8 is the machine's own
  void wildcard_askedAtAnyOfItsAddresses_answersFromThere() throws Exception {
    try (TestServer server = TestServer.asking(upstream.address(), folder, "listen=0.0.0.0:0")) {
      int port = server.address().getPort();

      assertAnswers("127.0.0.1", port);
      assertAnswers("127.0.0.2", port);
      assertAnswers("127.255.255.254", port);
    }
  }

  @Test
  void wildcard_ofIpv6_answersFromThere() throws Exception {
    assumeIpv6();
    try (TestServer server = TestServer.asking(upstream.address(), folder, "listen=[::]:0")) {
      assertAnswers("::1", server.address().getPort());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void listen_bothWildcardsAndOnePort_serveTheirFamilies() throws Exception {
    assumeIpv6();
    try (TestServer server = TestServer.asking(upstream.address(), folder, "listen=0.0.0.0:0")) {
      int port = server.address().getPort();
      try (TestServer other =
          TestServer.asking(upstream.address(), folder.resolve("other"), "listen=[::]:" + port)) {
        assertAnswers("127.0.0.2", port);
        assertAnswers("::1", other.address().getPort());
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void listen_severalAddresses_allAreServed() throws Exception {
    assumeIpv6();
    String listen = "listen=[\"127.0.0.1:0\", \"127.0.0.3:0\", \"[::1]:0\"]";
    try (TestServer server = TestServer.asking(upstream.address(), folder, listen)) {
      assertThat(server.addresses()).hasSize(3).doesNotHaveDuplicates();

      for (InetSocketAddress address : server.addresses()) {
        assertAnswers(address.getAddress().getHostAddress(), address.getPort());
      }
    }
  }

  @Test
  void upstream_overIpv6_isAsked() throws Exception {
    assumeIpv6();
    InetSocketAddress ipv6 = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
    Zone zone = new Zone().set("*.example.org", "A", 300, "192.0.2.6");
    try (ScriptedUpstream other = ScriptedUpstream.start(ipv6, zone, 1);
        TestServer server = TestServer.asking(other.address(), folder, "listen=[::1]:0");
        Stub stub = server.stub()) {
      assertThat(Stub.answers(stub.ask("six.example.org"))).containsExactly("192.0.2.6");
    }
  }

  /* Once from the upstream and once from the cache, which send their answers in different ways. */
  private static void assertAnswers(String address, int port) throws Exception {
    InetSocketAddress server = new InetSocketAddress(InetAddress.ofLiteral(address), port);
    String name = "n" + address.replaceAll("\\W", "-") + "n.example.org";
    byte[] query = QueryBytes.of(name, Type.A).build();
    try (Stub stub = new Stub(server)) {
      for (boolean stream : new boolean[] {false, false, true}) {
        Message response = new Message(stub.ask(stream, query));
        assertThat(Stub.answers(response)).containsExactly("192.0.2.1");
      }
    }
  }

  private static void assumeIpv6() throws Exception {
    boolean present = NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null;
    assumeTrue(present, "this machine has no IPv6");
  }
}
