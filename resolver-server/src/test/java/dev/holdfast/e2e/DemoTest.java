package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.cli.Main;
import dev.holdfast.upstream.SocketAddresses;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The demo as somebody tries it who has no network: broken, watched and healed by hand. */
class DemoTest {

  private static final String WATCHED = "short.example.org";
  private static final Pattern LISTENING = Pattern.compile("listening on (\\S+)");
  private static final Pattern ADMIN = Pattern.compile("http://([^/]+)/");

  /** Where the watched name is after it was healed once. */
  private static final List<String> NEW = List.of("192.0.2.2");

  @TempDir Path folder;

  @Test
  void demo_brokenAndHealed_staysUsableAllTheWay() throws Exception {
    try (ChildProcess server = ChildProcess.start(folder, Tools.java(Main.class, options()))) {
      InetSocketAddress address = SocketAddresses.parse(server.awaitOutput(LISTENING), 0);
      String admin = server.awaitOutput(ADMIN);
      try (Stub stub = new Stub(address)) {
        Message fresh = stub.ask(WATCHED);
        assertThat(Stub.answers(fresh)).containsExactly("192.0.2.1");
        assertThat(ttlSeconds(fresh)).isBetween(0L, 5L);
        assertThat(Stub.extendedErrors(fresh)).isEmpty();

        assertThat(demo("break", "silence", "--admin", admin)).contains("silence");
        Message stale = Await.value("a stale answer", () -> askedStale(stub));
        assertThat(Stub.answers(stale)).containsExactly("192.0.2.1");
        assertThat(ttlSeconds(stale)).isBetween(1L, 30L);
        Message overTcp =
            new Message(stub.ask(true, QueryBytes.of(WATCHED, Type.A).edns(1232).build()));
        assertThat(Stub.extendedErrors(overTcp))
            .containsExactly(ExtendedErrorCodeOption.STALE_ANSWER);
        assertThat(stub.ask("never-asked.example.org").getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(query(address)).contains("192.0.2.1", "Stale Answer");

        assertThat(demo("heal", "--admin", admin)).contains("none");
        Await.until("the new address", () -> Stub.answers(stub.ask(WATCHED)).equals(NEW));
        assertThat(Stub.extendedErrors(stub.ask(WATCHED))).isEmpty();
        assertThat(stub.ask("www.example.org").getRcode()).isEqualTo(Rcode.NOERROR);
      }
      server.terminate();
      assertThat(server.awaitEnd().status()).isZero();
    }
  }

  private List<String> options() {
    return List.of(
        "run",
        "--demo",
        "--listen=127.0.0.1:0",
        "--admin=127.0.0.1:0",
        "--state-dir=" + folder.resolve("state"));
  }

  private static @Nullable Message askedStale(Stub stub) throws Exception {
    Message response = stub.ask(WATCHED);
    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    boolean stale = Stub.extendedErrors(response).contains(ExtendedErrorCodeOption.STALE_ANSWER);
    return stale ? response : null;
  }

  private static long ttlSeconds(Message response) {
    return response.getSection(Section.ANSWER).stream().mapToLong(Record::getTTL).max().orElse(-1);
  }

  private String demo(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("demo"));
    all.addAll(List.of(arguments));
    return run(all);
  }

  private String query(InetSocketAddress server) throws Exception {
    return run(List.of("query", WATCHED, "--server", SocketAddresses.format(server)));
  }

  private String run(List<String> arguments) throws Exception {
    ChildProcess.Ended ended = ChildProcess.run(folder, Tools.java(Main.class, arguments));
    assertThat(ended.status()).as(arguments + " printed\n" + ended.err()).isZero();
    return ended.out();
  }
}
