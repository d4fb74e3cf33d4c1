package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.holdfast.Await;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.upstream.ResolvConfWatcher;
import dev.holdfast.upstream.SocketAddresses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A resolv.conf that changes under a running server, in the ways of DHCP clients and people. */
class ResolvConfTest {

  @TempDir Path folder;

  private final ScriptedUpstream first = upstream("192.0.2.1");
  private final ScriptedUpstream second = upstream("192.0.2.2");
  private final Logger watcher = (Logger) LoggerFactory.getLogger(ResolvConfWatcher.class);
  private final Complaints complaints = new Complaints();
  private Path resolvConf;
  private int names;

  private static ScriptedUpstream upstream(String address) {
    return ScriptedUpstream.start(new Zone().set("*.example.org", "A", 300, address));
  }

  @BeforeEach
  void start() throws Exception {
    resolvConf = folder.resolve("resolv.conf");
    Files.writeString(resolvConf, naming(first));
    complaints.start();
    watcher.addAppender(complaints);
  }

  @AfterEach
  void stop() {
    watcher.detachAppender(complaints);
    first.close();
    second.close();
  }

  @Test
  void resolvConf_changes_newNamesGoToTheNewServerAndTheCacheStays() throws Exception {
    try (TestServer server = TestServer.start(folder, "resolv-conf=" + resolvConf);
        Stub stub = server.stub()) {
      assertThat(Stub.answers(stub.ask("kept.example.org"))).containsExactly("192.0.2.1");

      replaceAtomically(naming(second));
      awaitAnswers(stub, "192.0.2.2");

      Files.delete(resolvConf);
      complaints.awaitCount(1);
      assertThat(newName(stub)).isEqualTo("192.0.2.2");

      Files.writeString(resolvConf, "; nothing yet\noptions ndots:2\n" + naming(first));
      awaitAnswers(stub, "192.0.2.1");

      Files.writeString(resolvConf, "nameserver resolver.example.org\nnameserver\n");
      complaints.awaitCount(2);
      assertThat(newName(stub)).isEqualTo("192.0.2.1");

      Files.write(resolvConf, new byte[100_000]);
      Files.delete(resolvConf);
      Path target = Files.writeString(folder.resolve("stub-resolv.conf"), naming(second));
      Files.createSymbolicLink(resolvConf, target);
      awaitAnswers(stub, "192.0.2.2");

      assertThat(Stub.answers(stub.ask("kept.example.org"))).containsExactly("192.0.2.1");
      assertThat(first.queriesFor("kept.example.org")).isEqualTo(1);
      assertThat(second.queriesFor("kept.example.org")).isZero();
    }
  }

  private static String naming(ScriptedUpstream upstream) {
    return "nameserver " + SocketAddresses.format(upstream.address()) + "\n";
  }

  private void replaceAtomically(String content) throws Exception {
    Path replacement = Files.writeString(folder.resolve("resolv.conf.new"), content);
    Files.move(replacement, resolvConf, StandardCopyOption.ATOMIC_MOVE);
  }

  private void awaitAnswers(Stub stub, String address) throws Exception {
    Await.until(address + " to be asked", () -> newName(stub).equals(address));
  }

  /** Asks for a name that nobody has asked for and returns its address. */
  private String newName(Stub stub) throws Exception {
    return String.join(" ", Stub.answers(stub.ask("n" + names++ + ".example.org")));
  }

  /** What the watcher complains of. */
  private static final class Complaints extends AppenderBase<ILoggingEvent> {

    private final List<String> messages = new CopyOnWriteArrayList<>();

    void awaitCount(int count) throws Exception {
      Await.until("complaint " + count, () -> messages.size() >= count);
    }

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getFormattedMessage().contains("is not used")) {
        messages.add(event.getFormattedMessage());
      }
    }
  }
}
