package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.FreePort;
import dev.holdfast.Holdfast;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.SocketAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** A server takes the place of another one. Both are in this process, each with its own sockets. */
@EnabledOnOs(OS.LINUX)
class ReplaceTest {

  private static final int SENDERS = 3;
  private static final int REPLACEMENTS = 3;

  @TempDir Path folder;

  private final ScriptedUpstream upstream =
      ScriptedUpstream.start(new Zone().set("*.example.org", "A", 300, "192.0.2.1"));
  private InetSocketAddress address;
  private InetSocketAddress admin;
  private Holdfast running;

  @BeforeEach
  void start() throws Exception {
    address = freeAddress();
    admin = freeAddress();
    running = startServer(false);
  }

  @AfterEach
  void stop() {
    running.close();
    upstream.close();
  }

  @Attack(Threat.RELOAD_UNDER_LOAD)
  @Test
  void replace_underLoad_losesNoQuery() throws Exception {
    List<Hammer> hammers = Hammer.start(SENDERS, address);
    for (int i = 0; i < REPLACEMENTS; i++) {
      replace();
    }
    for (Hammer hammer : hammers) {
      assertThat(hammer.stop()).as("lost queries").isZero();
    }
  }

  @Test
  void replace_connectionOpen_goesOnWithTheSuccessor() throws Exception {
    try (Stub stub = new Stub(address)) {
      byte[] query = QueryBytes.of("www.example.org", Type.A).build();
      assertThat(stub.ask(true, query)).isNotEmpty();

      replace();

      assertThat(Stub.answers(new Message(stub.ask(true, query)))).containsExactly("192.0.2.1");
    }
  }

  @Test
  void replace_clientsWait_areAnsweredByWhomTheyAsked() throws Exception {
    upstream.breakWith(Breakage.SILENCE); // until the deadline, long after the other has left
    try (Stub udp = new Stub(address);
        Stub tcp = new Stub(address)) {
      udp.send(false, QueryBytes.of("lost.example.org", Type.A).build());
      tcp.send(true, QueryBytes.of("lost.example.org", Type.A).build());
      Await.until("the question", () -> upstream.queriesFor("lost.example.org") > 0);

      replace();

      assertThat(new Message(udp.receive(false)).getRcode()).isEqualTo(Rcode.SERVFAIL);
      assertThat(new Message(tcp.receive(true)).getRcode()).isEqualTo(Rcode.SERVFAIL);
    }
  }

  @Test
  void replace_upstreamSilent_knowsWhatWasLearntFromTheFirstQuery() throws Exception {
    try (Stub stub = new Stub(address)) {
      stub.ask("www.example.org");
      running.close();
      running = startServer(true);
      upstream.breakWith(Breakage.SILENCE);
      replace();

      assertThat(Stub.answers(stub.ask("www.example.org"))).containsExactly("192.0.2.1");
    }
  }

  @Test
  void replace_nobodyRuns_startsAsUsual() throws Exception {
    running.close();

    running = startServer(true);

    try (Stub stub = new Stub(address)) {
      assertThat(Stub.answers(stub.ask("www.example.org"))).containsExactly("192.0.2.1");
    }
  }

  /** Starts another server and returns when the first one has ended. */
  private void replace() throws Exception {
    Holdfast first = running;
    running = startServer(true);
    assertThat(running.addresses()).containsExactly(address);
    assertThat(running.adminAddress()).isEqualTo(admin);
    CompletableFuture.runAsync(
            () -> {
              try {
                first.awaitEnd();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            })
        .get(30, TimeUnit.SECONDS);
  }

  private Holdfast startServer(boolean replace) throws Exception {
    List<OptionSetting> options =
        Stream.of(
                "listen=" + SocketAddresses.format(address),
                "admin.listen=" + SocketAddresses.format(admin),
                "upstreams=" + SocketAddresses.format(upstream.address()),
                "state-dir=" + folder)
            .map(OptionSetting::set)
            .toList();
    HoldfastConfig config = new ConfigReader(Machine.local()).read(null, options);
    return Holdfast.start(() -> config, replace, List.of());
  }

  private static InetSocketAddress freeAddress() throws IOException {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), FreePort.find());
  }
}
