package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Main;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as a process of its own: its exit code and what it says when called wrongly. */
class CommandLineTest {

  private static final int OK = 0;
  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  @TempDir Path folder;

  @Test
  void check_goodFile_saysWhatItWouldDo() throws Exception {
    Path file = config("listen: [\"127.0.0.1:5300\"]\nupstreams: [\"192.0.2.1\"]\n");

    ChildProcess.Ended ended = holdfast("check", "--config", file.toString());

    assertThat(ended.status()).isEqualTo(OK);
    assertThat(ended.out())
        .startsWith("ok: " + file)
        .contains("listens on 127.0.0.1:5300", "asks 192.0.2.1:53");
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "run"})
  void config_manyProblems_allAreNamedWithTheirPlace(String command) throws Exception {
    Path file =
        config(
            """
            listen: ["127.0.0.1:99999"]
            upstrems: ["192.0.2.1"]
            cache:
              max-size: lots
            stale: { client-timeout: 20s }
            """);

    ChildProcess.Ended ended = holdfast(command, "--config", file.toString());

    assertThat(ended.status()).isEqualTo(FAILURE);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err().lines().filter(line -> line.startsWith(file + ":")))
        .satisfiesExactly(
            line -> assertThat(line).contains(":1:10: listen: 127.0.0.1:99999 (expected a port"),
            line -> assertThat(line).contains(":2:1: upstrems: unknown key", "\"upstreams\"?"),
            line -> assertThat(line).contains(":4:13: cache.max-size: lots (expected"),
            line ->
                assertThat(line).contains(":5:26: stale.client-timeout: 20s (expected 0s..10s"));
  }

  @Test
  void run_upstreamIsItself_isRefused() throws Exception {
    ChildProcess.Ended ended =
        holdfast("run", "--listen", "127.0.0.1:5300", "--upstream", "127.0.0.1:5300");

    assertThat(ended.status()).isEqualTo(USAGE);
    assertThat(ended.err())
        .contains("--upstream: 127.0.0.1:5300", "this is where Holdfast listens itself");
  }

  @Test
  void run_missingFile_saysSo() throws Exception {
    Path missing = folder.resolve("missing.yaml");

    ChildProcess.Ended ended = holdfast("run", "--config", missing.toString());

    assertThat(ended.status()).isEqualTo(FAILURE);
    assertThat(ended.err()).contains(missing + ": no such file", "not started");
  }

  @Test
  void run_noUpstreamAnywhere_tellsHowToNameOneOrTryTheDemo() throws Exception {
    Path resolvConf = Files.writeString(folder.resolve("resolv.conf"), "# nobody\n");

    ChildProcess.Ended ended =
        holdfast("run", "--listen=127.0.0.1:0", "--set", "resolv-conf=" + resolvConf);

    assertThat(ended.status()).isEqualTo(FAILURE);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err())
        .contains(resolvConf + " names no server", "--upstream 192.0.2.53", "--demo");
  }

  @Test
  void run_portTaken_saysByWhichAddress() throws Exception {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    try (DatagramSocket taken = new DatagramSocket(loopback)) {
      String address = "127.0.0.1:" + taken.getLocalPort();

      ChildProcess.Ended ended =
          holdfast(
              "run",
              "--listen",
              address,
              "--upstream=192.0.2.1",
              "--admin=off",
              "--state-dir=" + folder.resolve("state"));

      assertThat(ended.status()).isEqualTo(FAILURE);
      assertThat(ended.out()).isEmpty();
      assertThat(ended.err()).contains("cannot listen on " + address + " (UDP): address in use");
    }
  }

  @Test
  void run_withoutPrivileges_serves() throws Exception {
    Tools.assumeInstalled("setpriv");
    List<String> command =
        new ArrayList<>(
            List.of(Tools.path("setpriv"), "--bounding-set=-all", "--inh-caps=-all", "--"));
    command.addAll(
        Tools.java(
            Main.class,
            List.of(
                "run",
                "--listen=127.0.0.1:0",
                "--upstream=192.0.2.1",
                "--admin=off",
                "--state-dir=" + folder.resolve("state"))));
    try (ChildProcess server = ChildProcess.start(folder, command)) {
      assertThat(server.awaitOutput(Pattern.compile("listening on (127.0.0.1)")))
          .isEqualTo("127.0.0.1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run --upstrem 192.0.2.1",
        "check --config",
        "run --demo --upstream 192.0.2.1",
        "check extra",
        "rn",
        "demo break nonsense",
        "query"
      })
  void arguments_wrong_pointToTheHelp(String arguments) throws Exception {
    ChildProcess.Ended ended = holdfast(arguments.split(" ", -1));

    assertThat(ended.status()).isEqualTo(USAGE);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).startsWith("holdfast: ").contains("--help");
  }

  @Test
  void arguments_misspelt_areSuggested() throws Exception {
    assertThat(holdfast("run", "--upstrem=192.0.2.1").err()).contains("--upstream");
  }

  @Test
  void arguments_none_showTheCommands() throws Exception {
    ChildProcess.Ended ended = holdfast();

    assertThat(ended.status()).isEqualTo(USAGE);
    assertThat(ended.err()).contains("Usage: holdfast", "run", "check", "query", "demo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "run --help"})
  void help_askedFor_isAResult(String arguments) throws Exception {
    ChildProcess.Ended ended = holdfast(arguments.split(" ", -1));

    assertThat(ended.status()).isEqualTo(OK);
    assertThat(ended.out()).contains("holdfast");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void query_nobodyThere_saysHowToStartOne() throws Exception {
    ChildProcess.Ended ended = holdfast("query", "www.example.org", "--server", "127.0.0.1:1");

    assertThat(ended.status()).isEqualTo(FAILURE);
    assertThat(ended.err()).contains("127.0.0.1:1", "holdfast run");
  }

  private Path config(String text) throws Exception {
    return Files.writeString(folder.resolve("holdfast.yaml"), text);
  }

  private ChildProcess.Ended holdfast(String... arguments) throws Exception {
    return ChildProcess.run(folder, Tools.java(Main.class, List.of(arguments)));
  }
}
