package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.wire.ExtendedError;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** Public names with private addresses, over real sockets and through a restart. */
@Attack(Threat.REBINDING)
class RebindingTest {

  @TempDir Path folder;

  private final ScriptedUpstream upstream =
      ScriptedUpstream.start(
          new Zone()
              .set("evil.example", "A", 300, "192.0.2.1", "192.168.1.1")
              .set("alias.example", "CNAME", 300, "evil.example.")
              .set("host.corp.example", "A", 300, "10.0.0.1")
              .set("nas.plex.example", "A", 300, "10.0.0.2")
              .set("www.example.org", "A", 300, "192.0.2.1"));

  @AfterEach
  void stop() {
    upstream.close();
  }

  private TestServer start(String... settings) throws Exception {
    return TestServer.asking(upstream.address(), folder, settings);
  }

  @Test
  void ask_byDefault_isAnsweredWhateverTheAddress() throws Exception {
    try (TestServer server = start();
        Stub stub = server.stub()) {
      assertThat(Stub.answers(stub.ask("evil.example")))
          .containsExactly("192.0.2.1", "192.168.1.1");
    }
  }

  @Test
  void ask_filtered_refusesAllButZonesAndExceptions() throws Exception {
    try (TestServer server =
            start(
                "rebinding.default=refuse",
                "rebinding.except=plex.example",
                "zones.corp.example.upstreams=" + SocketAddresses.format(upstream.address()));
        Stub stub = server.stub()) {
      for (String name : List.of("evil.example", "alias.example", "evil.example")) {
        assertRefused(stub.ask(name));
      }
      assertThat(Stub.answers(stub.ask("host.corp.example"))).containsExactly("10.0.0.1");
      assertThat(Stub.answers(stub.ask("nas.plex.example"))).containsExactly("10.0.0.2");
      assertThat(Stub.answers(stub.ask("www.example.org"))).containsExactly("192.0.2.1");
      assertThat(server.count(Counter.ANSWERS_REFUSED_PRIVATE)).isEqualTo(2);
    }
  }

  @Test
  void ask_filteredAfterARestart_refusesWhatTheJournalKnew() throws Exception {
    try (TestServer server = start();
        Stub stub = server.stub()) {
      assertThat(stub.ask("evil.example").getRcode()).isEqualTo(Rcode.NOERROR);
    }
    try (TestServer server = start("rebinding.default=refuse");
        Stub stub = server.stub()) {
      assertRefused(stub.ask("evil.example"));
    }
    try (TestServer server = start();
        Stub stub = server.stub()) {
      assertThat(Stub.answers(stub.ask("evil.example"))).hasSize(2);
    }
  }

  private static void assertRefused(Message response) {
    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(Stub.answers(response)).isEmpty();
    assertThat(Stub.extendedErrors(response)).containsExactly(ExtendedError.BLOCKED);
  }
}
