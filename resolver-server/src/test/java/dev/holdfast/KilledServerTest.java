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
    Await.matching("the status", text -> !text.isEmpty(), this::status);
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
    Await.matching("an answer", KilledServerTest::hasAnswer, () -> ask("api.example.org"));
    breakWith(Breakage.EMPTY);
    String held =
        Await.matching(
            "a held answer",
            text -> text.startsWith("held"),
            () -> RestartTest.errorText(ask("api.example.org")));
    awaitNoLag();
    breakWith(Breakage.SILENCE);

    restart();

    Message again =
        Await.matching("an answer", KilledServerTest::hasAnswer, () -> ask("api.example.org"));
    assertThat(RestartTest.address(again)).isEqualTo("192.0.2.2");
    assertThat(RestartTest.errorText(again)).isEqualTo(held);
  }

  @Test
  void restart_upstreamsDown_areSuspectBeforeAnybodyAsks() throws Exception {
    Await.matching("an answer", KilledServerTest::hasAnswer, () -> ask("api.example.org"));
    breakWith(Breakage.CLOSED);
    Await.matching(
        "both upstreams journalled",
        text -> text.contains(name(first)) && text.contains(name(second)),
        () -> {
          ask("api.example.org");
          return journalled("upstreams-");
        });

    restart();

    Await.matching("the status", text -> !text.contains("\"state\":\"up\""), this::status);
  }

  @Test
  void restart_questionFailsAgainAndAgain_isRemembered() throws Exception {
    breakWith(Breakage.SERVFAIL);
    Await.matching(
        "a failure journalled",
        text -> text.contains("broken"),
        () -> {
          ask("broken.example.org");
          return journalled("failures-");
        });

    restart();

    Await.matching("the status", text -> text.contains("\"failures_remembered\":1"), this::status);
  }

  private void restart() throws Exception {
    server.restart();
    Await.matching("the status", text -> !text.isEmpty(), this::status);
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
    Await.matching("the status", text -> text.contains("\"lag_changes\":0"), this::status);
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
}
