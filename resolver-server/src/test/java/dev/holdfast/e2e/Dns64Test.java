package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.ExtendedError;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** Addresses for clients behind a translator, over real sockets, with several loops. */
class Dns64Test {

  private static final int NAMES = 50;

  @TempDir Path folder;

  private final ScriptedUpstream upstream =
      ScriptedUpstream.start(
          new Zone()
              .set("*.example.org", "A", 300, "192.0.2.1")
              .set("native.example.org", "AAAA", 300, "2001:db8::1")
              .set("170.0.0.192.in-addr.arpa", "PTR", 300, "www.example.org."));

  @AfterEach
  void stop() {
    upstream.close();
  }

  private TestServer start(String... settings) throws Exception {
    return TestServer.asking(upstream.address(), folder, settings);
  }

  @Test
  void ask_manyNamesOverAllLoops_eachGetsItsAddress() throws Exception {
    try (TestServer server = start("dns64.enabled=true", "threads=4");
        Stub stub = server.stub()) {
      for (int i = 0; i < NAMES; i++) {
        assertThat(Stub.answers(stub.ask("n" + i + ".example.org", Type.AAAA)))
            .containsExactly("64:ff9b:0:0:0:0:c000:201");
      }
      assertThat(Stub.answers(stub.ask("native.example.org", Type.AAAA)))
          .containsExactly("2001:db8:0:0:0:0:0:1");
      assertThat(server.count(Counter.ANSWERS_SYNTHESIZED)).isEqualTo(NAMES);
    }
  }

  @Test
  void ask_nameOfATranslatedAddress_isAnAliasOfTheOtherOne() throws Exception {
    try (TestServer server = start("dns64.enabled=true");
        Stub stub = server.stub()) {
      String name = "a.a.0.0.0.0.0.c." + "0.".repeat(16) + "b.9.f.f.4.6.0.0.ip6.arpa";

      assertThat(Stub.answers(stub.ask(name, Type.PTR)))
          .containsExactly("170.0.0.192.in-addr.arpa.", "www.example.org.");
    }
  }

  @Test
  void ask_afterARestartInAnOutage_isServedStaleFromTheJournal() throws Exception {
    upstream.zone().set("short.example.org", "A", 1, "192.0.2.1");
    try (TestServer server = start("dns64.enabled=true");
        Stub stub = server.stub()) {
      assertThat(Stub.answers(stub.ask("short.example.org", Type.AAAA))).hasSize(1);
    }
    upstream.breakWith(Breakage.SILENCE);
    try (TestServer server = start("dns64.enabled=true");
        Stub stub = server.stub()) {
      Await.until("the end of its time", () -> isStale(stub.ask("short.example.org", Type.AAAA)));
    }
    upstream.heal();
    try (TestServer server = start();
        Stub stub = server.stub()) {
      assertThat(Stub.answers(stub.ask("short.example.org", Type.AAAA))).isEmpty();
    }
  }

  private static boolean isStale(Message response) {
    return Stub.answers(response).contains("64:ff9b:0:0:0:0:c000:201")
        && Stub.extendedErrors(response).contains(ExtendedError.STALE_ANSWER);
  }
}
