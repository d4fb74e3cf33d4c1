package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Await;
import dev.holdfast.Holdfast;
import dev.holdfast.Reload;
import dev.holdfast.config.ConfigChange;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.SocketAddresses;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** A server that reads its configuration anew while it answers. */
class ReloadTest {

  private static final int RELOADS = 100;
  private static final int SENDERS = 4;

  @TempDir Path folder;

  private final ScriptedUpstream upstream =
      ScriptedUpstream.start(new Zone().set("*.example.org", "A", 300, "192.0.2.1"));
  private final ScriptedUpstream other =
      ScriptedUpstream.start(new Zone().set("*.example.org", "A", 300, "192.0.2.2"));
  private Path file;
  private Holdfast holdfast;

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("holdfast.yaml");
    configure("");
    List<OptionSetting> options =
        List.of(
            OptionSetting.set("admin.listen=off"),
            OptionSetting.set("state-dir=" + folder.resolve("state")));
    holdfast =
        Holdfast.start(
            () -> new ConfigReader(Machine.local()).read(file, options), false, List.of());
  }

  @AfterEach
  void stop() {
    holdfast.close();
    upstream.close();
    other.close();
  }

  @Attack(Threat.RELOAD_UNDER_LOAD)
  @Test
  @EnabledOnOs(OS.LINUX)
  void reload_aHundredTimesUnderLoad_losesNoQuery() throws Exception {
    List<Hammer> hammers = Hammer.start(SENDERS, holdfast.addresses().getFirst());
    for (int i = 0; i < RELOADS; i++) {
      if (i % 2 == 0) {
        configure(
            """
            listen: ["127.0.0.1:0", "127.0.0.2:0", "0.0.0.0:0"]
            stale: { answer-ttl: 5s }
            cache: { max-size: 1MiB }
            zones: { zone%d.example: { upstreams: ["192.0.2.53"] } }
            """
                .formatted(i));
      } else {
        configure("");
      }
      assertThat(holdfast.reload().problems()).isEmpty();
      assertThat(holdfast.addresses()).hasSize(i % 2 == 0 ? 3 : 1);
    }
    for (Hammer hammer : hammers) {
      assertThat(hammer.stop()).as("lost queries").isZero();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void reload_addressGone_answersWhoWaitsAndRefusesOthers() throws Exception {
    configure("listen: [\"127.0.0.1:0\", \"127.0.0.2:0\"]");
    assertThat(holdfast.reload().changed()).map(ConfigChange::key).containsExactly("listen");
    InetSocketAddress leaving = holdfast.addresses().getLast();
    upstream.breakWith(Breakage.SLOW, 700);
    try (Stub stub = new Stub(leaving)) {
      stub.send(false, QueryBytes.of("slow.example.org", Type.A).build());
      Await.until("the question", () -> upstream.queriesFor("slow.example.org") > 0);

      configure("");
      holdfast.reload();

      assertThat(holdfast.addresses()).doesNotContain(leaving);
      assertThat(Stub.answers(new Message(stub.receive(false)))).containsExactly("192.0.2.1");
      assertThatThrownBy(() -> stub.ask("late.example.org"))
          .isInstanceOf(PortUnreachableException.class);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void reload_wildcardReplacedByOneAddress_goesOnAnsweringThere() throws Exception {
    configure("listen: 0.0.0.0:0");
    holdfast.reload();
    int port = holdfast.addresses().getFirst().getPort();
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    List<Hammer> hammers = Hammer.start(1, address);

    configure("listen: 127.0.0.1:" + port);
    assertThat(holdfast.reload().problems()).isEmpty();

    assertThat(ask(address, "www.example.org")).containsExactly("192.0.2.1");
    assertThat(hammers.getFirst().stop()).as("lost queries").isZero();
  }

  @Test
  void reload_otherUpstream_keepsTheCacheAndAsksTheOther() throws Exception {
    assertThat(ask("known.example.org")).containsExactly("192.0.2.1");

    configure("upstreams: [\"" + SocketAddresses.format(other.address()) + "\"]");
    assertThat(holdfast.reload().changed()).map(ConfigChange::key).contains("upstreams");

    assertThat(ask("known.example.org")).containsExactly("192.0.2.1");
    assertThat(ask("new.example.org")).containsExactly("192.0.2.2");
  }

  @Test
  void reload_zoneComesAndGoes_takesItsRouteAndForgetsNothing() throws Exception {
    String zone =
        "zones: { a.example.org: { upstreams: [\""
            + SocketAddresses.format(other.address())
            + "\"] } }";
    assertThat(ask("x.a.example.org")).containsExactly("192.0.2.1");

    configure(zone);
    holdfast.reload();
    assertThat(ask("x.a.example.org")).containsExactly("192.0.2.2");

    configure("");
    holdfast.reload();
    assertThat(ask("x.a.example.org")).containsExactly("192.0.2.1");
    assertThat(upstream.queriesFor("x.a.example.org")).isOne();
  }

  @Test
  void reload_narrowerAccess_refusesAtOnce() throws Exception {
    configure("access: { allow: [192.0.2.0/24] }");
    holdfast.reload();

    try (Stub stub = new Stub(holdfast.addresses().getFirst())) {
      assertThat(stub.ask("www.example.org").getRcode()).isEqualTo(Rcode.REFUSED);
    }
  }

  @Test
  void reload_rebindingRefused_forgetsPrivateAnswersAlone() throws Exception {
    upstream.zone().set("evil.example", "A", 300, "10.0.0.1");
    assertThat(ask("evil.example")).containsExactly("10.0.0.1");
    assertThat(ask("www.example.org")).containsExactly("192.0.2.1");

    configure("rebinding: { default: refuse }");
    assertThat(holdfast.reload().changed())
        .map(ConfigChange::toString)
        .containsExactly("rebinding.default: allow -> refuse");

    assertThat(ask("evil.example")).isEmpty();
    assertThat(ask("www.example.org")).containsExactly("192.0.2.1");
    assertThat(upstream.queriesFor("www.example.org")).isOne();

    configure("");
    holdfast.reload();
    assertThat(ask("evil.example")).containsExactly("10.0.0.1");
  }

  @Test
  void reload_dns64OtherPrefix_forgetsWhatWasMadeAlone() throws Exception {
    upstream.zone().set("native.example", "AAAA", 300, "2001:db8::1");
    upstream.zone().set("old.example", "A", 300, "192.0.2.1");
    assertThat(ask("native.example", Type.AAAA)).containsExactly("2001:db8:0:0:0:0:0:1");
    assertThat(ask("old.example", Type.AAAA)).isEmpty();

    configure("dns64: { enabled: true }");
    holdfast.reload();
    assertThat(ask("old.example", Type.AAAA)).containsExactly("64:ff9b:0:0:0:0:c000:201");

    configure("dns64: { enabled: true, prefix: \"2001:db8:64::/48\" }");
    holdfast.reload();
    assertThat(ask("old.example", Type.AAAA)).containsExactly("2001:db8:64:c000:2:100:0:0");

    configure("");
    holdfast.reload();
    assertThat(ask("old.example", Type.AAAA)).isEmpty();
    assertThat(ask("native.example", Type.AAAA)).hasSize(1);
    assertThat(upstream.queriesFor("native.example")).isOne();
  }

  @Attack(Threat.RELOAD_UNDER_LOAD)
  @Test
  void reload_badFile_saysEverythingAndChangesNothing() throws Exception {
    configure("listen: \"127.0.0.3:0\"\nstale: { answer-ttl: 0s }\ncache: { max-sise: 1GiB }");

    Reload reload = holdfast.reload();

    assertThat(reload.problems())
        .satisfiesExactly(
            first -> assertThat(first).contains("holdfast.yaml:2:22: stale.answer-ttl: 0s"),
            second -> assertThat(second).contains("cache.max-sise: unknown key"));
    assertThat(holdfast.addresses().getFirst().getHostString()).isEqualTo("127.0.0.1");
    assertThat(ask("www.example.org")).containsExactly("192.0.2.1");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void reload_addressTaken_saysSoAndChangesNothing() throws Exception {
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      configure(
          "listen: [\"127.0.0.4:0\", \"127.0.0.1:" + taken.getLocalPort() + "\"]\nthreads: 1");

      Reload reload = holdfast.reload();

      assertThat(reload.problems())
          .singleElement()
          .asString()
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort(), "address in use");
    }
    assertThat(holdfast.addresses()).hasSize(1);
    assertThat(ask("www.example.org")).containsExactly("192.0.2.1");
  }

  @Test
  void reload_keyThatIsFixed_saysThatItNeedsARestartEachTime() throws Exception {
    configure("threads: 7\nminimal-responses: false");

    Reload first = holdfast.reload();
    assertThat(first.changed())
        .map(ConfigChange::toString)
        .containsExactly("minimal-responses: true -> false");
    assertThat(first.needsRestart())
        .map(ConfigChange::toString)
        .containsExactly("threads: auto -> 7");

    Reload second = holdfast.reload();
    assertThat(second.changed()).isEmpty();
    assertThat(second.needsRestart()).hasSize(1);
  }

  /** Writes a file with {@code yaml} over a server on one address that asks the first upstream. */
  private void configure(String yaml) throws IOException {
    StringBuilder text = new StringBuilder(yaml).append('\n');
    if (!yaml.contains("listen:")) {
      text.append("listen: \"127.0.0.1:0\"\n");
    }
    if (!yaml.startsWith("upstreams:")) {
      text.append("upstreams: [\"")
          .append(SocketAddresses.format(upstream.address()))
          .append("\"]\n");
    }
    Files.writeString(file, text);
  }

  private List<String> ask(String name) throws IOException {
    return ask(holdfast.addresses().getFirst(), name);
  }

  private List<String> ask(String name, int type) throws IOException {
    try (Stub stub = new Stub(holdfast.addresses().getFirst())) {
      return Stub.answers(stub.ask(name, type));
    }
  }

  private static List<String> ask(InetSocketAddress server, String name) throws IOException {
    try (Stub stub = new Stub(server)) {
      return Stub.answers(stub.ask(name));
    }
  }
}
