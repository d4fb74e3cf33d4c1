package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.Await;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** Whom the server answers, over every transport, and how much a forged address gets. */
@Attack(Threat.REFLECTION)
@EnabledOnOs(OS.LINUX) // where all of 127.0.0.0/8 is the machine's own
class AccessTest {

  private static final String NAME = "www.example.org";
  private static final int FLOOD = 200;
  private static final int RATE = 50;

  @TempDir Path folder;

  private final ScriptedUpstream upstream =
      ScriptedUpstream.start(new Zone().set(NAME, "A", 3600, "192.0.2.1"));

  @AfterEach
  void close() {
    upstream.close();
  }

  @Test
  void access_overEveryTransport_isTheSame() throws Exception {
    try (TestServer server =
            TestServer.asking(upstream.address(), folder, "access.allow=127.0.0.2");
        Stub allowed = Stub.at("127.0.0.2", server.address());
        Stub refused = Stub.at("127.0.0.3", server.address())) {
      for (boolean stream : new boolean[] {false, true}) {
        assertThat(Stub.answers(ask(allowed, stream))).containsExactly("192.0.2.1");
        Message refusal = ask(refused, stream);
        assertThat(refusal.getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(Stub.extendedErrors(refusal))
            .containsExactly(ExtendedErrorCodeOption.PROHIBITED);
      }
      assertThat(server.count(Counter.REJECTED_ACCESS)).isEqualTo(2);
    }
  }

  @Test
  void access_ipv4AddressesAsIpv6_areRuledAsWhatTheyAre() throws Exception {
    try (TestServer server =
            TestServer.asking(upstream.address(), folder, "access.allow=::ffff:127.0.0.0/127");
        Stub allowed = Stub.at("127.0.0.1", server.address());
        Stub refused = Stub.at("127.0.0.2", server.address())) {
      for (boolean stream : new boolean[] {false, true}) {
        assertThat(ask(allowed, stream).getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(ask(refused, stream).getRcode()).isEqualTo(Rcode.REFUSED);
      }
    }
  }

  @Test
  void listen_onAllOfIpv6_takesNoIpv4() throws Exception {
    assumeTrue(NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null);
    try (TestServer server = TestServer.asking(upstream.address(), folder, "listen=[::]:0")) {
      InetSocketAddress ipv4 =
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.address().getPort());
      for (boolean stream : new boolean[] {false, true}) {
        try (Stub stub = new Stub(ipv4)) {
          assertThatThrownBy(() -> ask(stub, stream)).isInstanceOf(IOException.class);
        }
      }
    }
  }

  @Test
  void start_openToTheWorldUnasked_isRefused() {
    assertThatThrownBy(
            () ->
                TestServer.start(
                    folder, "listen=0.0.0.0:0", "upstreams=192.0.2.1", "access.allow=0.0.0.0/0"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("access.open: true");
  }

  @Test
  void flood_fromOneNetworkOfAnOpenServer_slipsToTcp() throws Exception {
    try (TestServer server =
            TestServer.asking(
                upstream.address(),
                folder,
                "access.open=true",
                "limits.responses-per-second=" + RATE);
        Stub victim = Stub.at("127.0.1.1", server.address());
        Stub neighbour = Stub.at("127.0.1.2", server.address());
        Stub other = Stub.at("127.0.2.1", server.address())) {
      ask(other, /* stream= */ false);
      for (int i = 0; i < FLOOD; i++) {
        victim.send(/* stream= */ false, query());
      }
      Await.until(
          "drops",
          () -> server.count(Counter.DROPPED_RATE) + server.count(Counter.SLIPPED_RATE) > RATE);
      Await.until("all", () -> server.count(Counter.QUERIES_UDP) == FLOOD + 1);
      List<Message> received = new ArrayList<>();
      long expected = FLOOD - server.count(Counter.DROPPED_RATE);
      for (int i = 0; i < expected; i++) {
        received.add(new Message(victim.receive(/* stream= */ false)));
      }

      assertThat(received.stream().filter(message -> message.getHeader().getFlag(Flags.TC)))
          .hasSize((int) server.count(Counter.SLIPPED_RATE))
          .allMatch(message -> Stub.answers(message).isEmpty());
      assertThat(server.count(Counter.DROPPED_RATE))
          .isBetween(server.count(Counter.SLIPPED_RATE) - 1, server.count(Counter.SLIPPED_RATE));
      assertThat(Stub.answers(ask(neighbour, /* stream= */ true))).containsExactly("192.0.2.1");
      assertThat(Stub.answers(ask(other, /* stream= */ false))).containsExactly("192.0.2.1");
    }
  }

  @Test
  void query_anyOverUdp_isNoLargerThanNeeded() throws Exception {
    byte[] any = QueryBytes.of(NAME, Type.ANY).edns(1232).build();
    try (TestServer server = TestServer.asking(upstream.address(), folder);
        Stub stub = server.stub()) {
      byte[] overUdp = stub.ask(/* stream= */ false, any);
      Message overTcp = new Message(stub.ask(/* stream= */ true, any));

      assertThat(overUdp.length).isLessThan(any.length + 32);
      assertThat(upstream.udpQueries() + upstream.tcpQueries()).isEqualTo(1);
      assertThat(Stub.answers(overTcp)).containsExactly("192.0.2.1");
      assertThat(server.count(Counter.ANSWERS_LOCAL)).isEqualTo(1);
    }
  }

  private static Message ask(Stub stub, boolean stream) throws IOException {
    return new Message(stub.ask(stream, query()));
  }

  private static byte[] query() {
    return QueryBytes.of(NAME, Type.A).edns(1232).build();
  }
}
