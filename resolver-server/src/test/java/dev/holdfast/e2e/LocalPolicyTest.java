package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.Holdfast;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.upstream.SocketAddresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** A whole server with records and lists of its own, in files that change. */
class LocalPolicyTest {

  @TempDir Path folder;

  private final ScriptedUpstream upstream =
      ScriptedUpstream.start(
          new Zone()
              .set("*.example.org", "A", 300, "192.0.2.1")
              .set("*.example.org", "PTR", 300, "host.example.org."));
  private Path file;
  private Holdfast holdfast;

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("holdfast.yaml");
    hosts("192.0.2.7 printer.home.example");
    configure(
        """
        local:
          records: ["nas.home.example 300 IN A 192.0.2.8", "www.home.example CNAME a.example.org."]
          hosts: %s
        """
            .formatted(folder.resolve("hosts")));
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
  }

  @Test
  void ask_ownNames_areAnsweredHereAndAliasesAreFollowed() throws Exception {
    assertThat(ask("printer.home.example", Type.A)).containsExactly("192.0.2.7");
    assertThat(ask("nas.home.example", Type.A)).containsExactly("192.0.2.8");
    assertThat(ask("7.2.0.192.in-addr.arpa", Type.PTR)).containsExactly("printer.home.example.");
    assertThat(ask("www.home.example", Type.A)).containsExactly("192.0.2.1", "a.example.org.");
    assertThat(upstream.queriesFor("a.example.org")).isOne();
    assertThat(holdfast.count(Counter.ANSWERS_LOCAL)).isEqualTo(3);
  }

  @Test
  void hostsFile_replaced_isFollowedAndKnownAnswersMakeRoom() throws Exception {
    assertThat(ask("new.example.org", Type.A)).containsExactly("192.0.2.1");

    hosts("192.0.2.9 new.example.org");

    Await.until("the new file", () -> ask("new.example.org", Type.A).equals(List.of("192.0.2.9")));
    assertThat(ask("7.2.0.192.in-addr.arpa", Type.PTR)).isEmpty();
  }

  @Test
  void hostsFile_gone_goesOnWithWhatItSaid() throws Exception {
    Files.delete(folder.resolve("hosts"));

    Await.until("the complaint", () -> holdfast.count(Counter.LISTS_BROKEN) > 0);
    assertThat(ask("printer.home.example", Type.A)).containsExactly("192.0.2.7");
    hosts("192.0.2.10 printer.home.example");
    Await.until(
        "the file again", () -> ask("printer.home.example", Type.A).equals(List.of("192.0.2.10")));
    assertThat(holdfast.count(Counter.LISTS_BROKEN)).isOne();
  }

  @Test
  void reload_withoutTheKeys_forgetsThemAtOnce() throws Exception {
    assertThat(ask("www.home.example", Type.A)).hasSize(2);

    configure("");
    assertThat(holdfast.reload().problems()).isEmpty();

    ask("nas.home.example", Type.A);
    assertThat(upstream.queriesFor("nas.home.example")).isPositive();
  }

  @Test
  void list_added_blocksWhatIsCachedAndAnOutageDoesNotBringItBack() throws Exception {
    assertThat(ask("ads.example.org", Type.A)).containsExactly("192.0.2.1");
    Path list = Files.writeString(folder.resolve("ads.txt"), "||ads.example.org^\n");
    configure("local: { lists: { ads: { file: %s, reason: filtered } } }%n".formatted(list));

    assertThat(holdfast.reload().problems()).isEmpty();

    upstream.breakWith(Breakage.SILENCE);
    assertThat(rcode("ads.example.org")).isEqualTo(Rcode.NXDOMAIN);
    assertThat(holdfast.count(Counter.BLOCKED_NXDOMAIN)).isOne();
  }

  @Test
  void list_brokenLater_goesOnBlocking() throws Exception {
    Path list = Files.writeString(folder.resolve("ads.txt"), "ads.example.org\n");
    configure("local: { lists: { ads: { file: %s } } }%n".formatted(list));
    holdfast.reload();

    Files.writeString(list, "<html>Too many requests</html>\n");
    Await.until("the complaint", () -> holdfast.count(Counter.LISTS_BROKEN) > 0);

    assertThat(rcode("ads.example.org")).isEqualTo(Rcode.NXDOMAIN);
    Files.writeString(list, "other.example.org\n");
    Await.until("the list again", () -> rcode("ads.example.org") == Rcode.NOERROR);
    assertThat(rcode("other.example.org")).isEqualTo(Rcode.NXDOMAIN);
  }

  private int rcode(String name) throws IOException {
    try (Stub stub = new Stub(holdfast.addresses().getFirst())) {
      return stub.ask(name, Type.A).getRcode();
    }
  }

  private void hosts(String text) throws IOException {
    Path next = folder.resolve("hosts.new");
    Files.writeString(next, text + "\n");
    Files.move(next, folder.resolve("hosts"), StandardCopyOption.REPLACE_EXISTING);
  }

  private void configure(String yaml) throws IOException {
    Files.writeString(
        file,
        yaml
            + "listen: \"127.0.0.1:0\"\nupstreams: [\""
            + SocketAddresses.format(upstream.address())
            + "\"]\n");
  }

  private List<String> ask(String name, int type) throws IOException {
    try (Stub stub = new Stub(holdfast.addresses().getFirst())) {
      Message response = stub.ask(name, type);
      return Stub.answers(response);
    }
  }
}
