package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.replay.HoldfastServers;
import dev.holdfast.replay.ServerUnderTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** What goes on as it was in a server that is killed by SIGKILL and started again. */
@DisabledOnOs(OS.WINDOWS)
class KilledServerTest {

  private static final int POLLS = 400;
  private static final long POLL_MILLIS = 50;

  @TempDir private Path folder;

  private final Zone zone =
      new Zone().apex("example.org", 300).set("api.example.org", "A", 1, "192.0.2.2");
  private final ScriptedUpstream first = ScriptedUpstream.start(zone);
  private final ScriptedUpstream second = ScriptedUpstream.start(zone);
  private final HttpClient http = HttpClient.newHttpClient();
  private URI status;
  private ServerUnderTest server;

  @BeforeEach
  void start() throws Exception {
    int port = FreePort.find();
    status = URI.create("http://127.0.0.1:" + port + "/status");
    server =
        new HoldfastServers(List.of("admin.listen=127.0.0.1:" + port))
            .start(
                new ServerUnderTest.Settings(
                    first.address(),
                    second.address(),
                    folder,
                    "example.org",
                    /* restarts= */ true));
    await(this::status, text -> !text.isEmpty());
  }

  @AfterEach
  void stop() {
    server.close();
    first.close();
    second.close();
    http.close();
  }

  @Test
  void restart_inAHold_holdsSinceTheSameMoment() throws Exception {
    await(() -> ask("api.example.org"), KilledServerTest::hasAnswer);
    breakWith(Breakage.EMPTY);
    String held =
        await(() -> RestartTest.errorText(ask("api.example.org")), text -> text.startsWith("held"));
    awaitNoLag();
    breakWith(Breakage.SILENCE);

    restart();

    Message again = await(() -> ask("api.example.org"), KilledServerTest::hasAnswer);
    assertThat(RestartTest.address(again)).isEqualTo("192.0.2.2");
    assertThat(RestartTest.errorText(again)).isEqualTo(held);
  }

  @Test
  void restart_upstreamsDown_areSuspectBeforeAnybodyAsks() throws Exception {
    await(() -> ask("api.example.org"), KilledServerTest::hasAnswer);
    breakWith(Breakage.CLOSED);
    await(
        () -> {
          ask("api.example.org");
          return journalled("upstreams-");
        },
        text -> text.contains(name(first)) && text.contains(name(second)));

    restart();

    await(this::status, text -> !text.contains("\"state\":\"up\""));
  }

  @Test
  void restart_questionFailsAgainAndAgain_isRemembered() throws Exception {
    breakWith(Breakage.SERVFAIL);
    await(
        () -> {
          ask("broken.example.org");
          return journalled("failures-");
        },
        text -> text.contains("broken"));

    restart();

    await(this::status, text -> text.contains("\"failures_remembered\":1"));
  }

  private void restart() throws Exception {
    server.restart();
    await(this::status, text -> !text.isEmpty());
  }

  private void breakWith(Breakage kind) {
    first.breakWith(kind);
    second.breakWith(kind);
  }

  private Message ask(String name) throws Exception {
    return RestartTest.ask(server.address(), name);
  }

  private static boolean hasAnswer(Message response) {
    return !response.getSection(Section.ANSWER).isEmpty();
  }

  private static String name(ScriptedUpstream upstream) {
    return "127.0.0.1:" + upstream.address().getPort();
  }

  private void awaitNoLag() throws Exception {
    await(this::status, text -> text.contains("\"lag_changes\":0"));
  }

  private String status() throws InterruptedException {
    try {
      return http.send(HttpRequest.newBuilder(status).build(), BodyHandlers.ofString())
          .body()
          .replace(" ", "");
    } catch (IOException notYet) {
      return "";
    }
  }

  /** What the journal's files of one kind hold. */
  private String journalled(String prefix) throws IOException {
    StringBuilder content = new StringBuilder();
    try (Stream<Path> files = Files.list(folder.resolve("state").resolve("journal"))) {
      for (Path file : files.filter(each -> name(each).startsWith(prefix)).toList()) {
        content.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return content.toString();
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static <T> T await(Callable<T> look, Predicate<T> wanted) throws Exception {
    T seen = look.call();
    for (int poll = 0; poll < POLLS && !wanted.test(seen); poll++) {
      Thread.sleep(POLL_MILLIS);
      seen = look.call();
    }
    assertThat(seen).matches(wanted);
    return seen;
  }
}
