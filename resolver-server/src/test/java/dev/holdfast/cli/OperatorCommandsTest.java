package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.Holdfast;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.json.JsonReader;
import dev.holdfast.upstream.SocketAddresses;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of an operator against a running server with real sockets. */
class OperatorCommandsTest {

  private static final String NAME = "www.example.org";

  /** Far beyond what a busy machine needs. */
  @TempDir Path folder;

  private final Zone zone = new Zone();
  private final ScriptedUpstream first = ScriptedUpstream.start(zone);
  private final ScriptedUpstream second = ScriptedUpstream.start(zone);
  private Holdfast holdfast;
  private Program program = new Program();

  @BeforeEach
  void start() throws Exception {
    zone.apex("example.org", 60).set(NAME, "A", 1, "192.0.2.80");
    holdfast = startServer();
  }

  private Holdfast startServer() throws Exception {
    List<OptionSetting> settings =
        Stream.of(
                "listen=127.0.0.1:0",
                "admin.listen=127.0.0.1:0",
                "state-dir=" + folder,
                "upstreams=" + address(first.address()) + "," + address(second.address()),
                "hold.default=enforce",
                "hold.min-history=0s",
                "hold.min-refreshes=0")
            .map(OptionSetting::set)
            .toList();
    HoldfastConfig config = new ConfigReader(Machine.local()).read(null, settings);
    return Holdfast.start(config, List.of());
  }

  @AfterEach
  void stop() {
    holdfast.close();
    first.close();
    second.close();
  }

  @Test
  void commands_throughAnOutage_tellAndSteer() throws Exception {
    assertThat(run("explain", NAME)).isZero();
    assertThat(program.out()).contains("A\n  never seen\n", "a client gets now: what upstreams");

    awaitQuery("192.0.2.80");
    assertThat(output("explain", NAME, "a"))
        .contains("www.example.org.\n", "asked at: 127.0.0.1:", "(up, ")
        .contains("held for up to 6h", "first seen ", "www.example.org. 1 A 192.0.2.80");

    breakAll(Breakage.EMPTY);
    awaitQuery("held: vanished at");
    assertThat(output("explain", NAME))
        .contains("upstreams say that it is gone since ", "held until it is back, or until ")
        .contains("a client gets now: the last good records");
    assertThat(output("status"))
        .contains("holds: 1 held, ", "  held: www.example.org. A, gone since ")
        .contains("upstream queries", address(first.address()), address(second.address()));

    assertThat(output("pin", NAME, "--for", "1h"))
        .contains("pinned www.example.org. A until ", "  www.example.org. 1 A 192.0.2.80");
    awaitQuery("pinned by operator until ");
    assertThat(output("explain", NAME)).contains("  pinned by operator ", "(in 59m ");
    assertThat(output("unpin", NAME)).isEqualTo("unpinned www.example.org. A\n");
    awaitQuery("held: vanished at");

    assertThat(output("release", NAME)).isEqualTo("released www.example.org. A\n");
    awaitQueryWithout("192.0.2.80");
    assertThat(output("explain", NAME)).contains("released by operator: upstreams are believed");
  }

  @Test
  void commands_recordsChanged_rollBackAndFlush() throws Exception {
    awaitQuery("192.0.2.80");
    zone.set(NAME, "A", 1, "192.0.2.81");
    awaitQuery("192.0.2.81");

    assertThat(output("rollback", NAME, "A")).contains("rolled back www.example.org. A\n");
    awaitQuery("rolled back by operator");
    assertThat(output("query", NAME, "--server", address(server()))).contains("192.0.2.80");
    assertThat(output("flush", NAME))
        .contains(" and 1 history\n  www.example.org. A\n")
        .contains("still pinned: www.example.org. A (see holdfast unpin)");
    output("unpin", NAME);
    awaitQuery("192.0.2.81");

    breakAll(Breakage.EMPTY);
    awaitQuery("held: vanished at");
    assertThat(output("flush", "--held"))
        .isEqualTo("forgot 1 answer, 0 failures and 1 history\n  www.example.org. A\n");
    awaitQueryWithout("192.0.2.81");
    assertThat(output("flush", "--negative")).startsWith("forgot 1 answer, ");
    assertThat(output("flush", "--stale")).startsWith("forgot 0 answers, ");
    assertThat(output("flush", "--subtree", "org")).startsWith("forgot ");
    assertThat(output("flush", "--all")).startsWith("forgot 0 answers, ");
  }

  @Test
  void pin_serverRestarted_isStillPinned() throws Exception {
    awaitQuery("192.0.2.80");
    output("pin", NAME, "--for", "1h");
    zone.set(NAME, "A", 1, "192.0.2.81");
    holdfast.close();

    holdfast = startServer();

    awaitQuery("pinned by operator until ");
    assertThat(output("query", NAME, "--server", address(server()))).contains("192.0.2.80");
    output("unpin", NAME);
    awaitQuery("192.0.2.81");
  }

  @Test
  void json_explainAndStatus_isWhatTheServerSays() {
    String explained = output("explain", NAME, "AAAA", "--json");
    assertHas(new Fields(JsonReader.readObject(explained)), "name", "route", "hold", "questions");
    Fields status = new Fields(JsonReader.readObject(output("status", "--json")));

    assertHas(status, "uptime_seconds", "cache", "holds", "routes", "journal", "counters");
    assertHas(
        status.object("counters"),
        "answers_stale",
        "answers_held",
        "absences_would_have_held",
        "answers_disputed",
        "upstreams_disagree",
        "hedges_sent",
        "hedges_won",
        "upstream_timeouts",
        "upstream_refused_connections",
        "upstream_network_errors",
        "upstream_error_replies",
        "upstream_malformed",
        "upstream_near_miss_limit",
        "probes_sent",
        "stale_refreshes_queued");
    Fields upstream = status.objects("routes").getFirst().objects("upstreams").getFirst();
    assertHas(upstream, "address", "state", "rtt_millis", "udp", "tcp");
  }

  @Test
  void refusals_ofTheServer_sayWhatToDo() {
    assertThat(run("unpin", NAME)).isOne();
    assertThat(program.err())
        .isEqualTo(
            "holdfast: www.example.org. is not pinned: try holdfast explain www.example.org.\n");
    assertThat(run("pin", NAME, "--for", "1h")).isOne();
    assertThat(program.err()).contains("no good answer to www.example.org. is known");
    assertThat(run("rollback", NAME)).isOne();
    assertThat(run("release", NAME)).isOne();
    assertThat(run("pin", NAME, "--until", "2001-01-01T00:00:00Z")).isOne();
    assertThat(program.err()).contains("(expected a time within the next 30d)");
  }

  @Test
  void reload_nothingChanged_saysSo() {
    assertThat(output("reload")).isEqualTo("reloaded: nothing has changed\n");
  }

  @Test
  void arguments_wrong_exitWithTwo() {
    assertThat(run("explain")).isEqualTo(2);
    assertThat(run("explain", "a..b")).isEqualTo(2);
    assertThat(run("explain", NAME, "NOTYPE")).isEqualTo(2);
    assertThat(run("flush")).isEqualTo(2);
    assertThat(run("flush", NAME, "--all")).isEqualTo(2);
    assertThat(run("pin", NAME)).isEqualTo(2);
    assertThat(run("pin", NAME, "--for", "1h", "--until", "12:00")).isEqualTo(2);
    assertThat(run("pin", NAME, "--for", "-1h")).isEqualTo(2);
    assertThat(run("pin", NAME, "--until", "noon")).isEqualTo(2);
    assertThat(program.err()).contains("noon (expected a time such as 2025-10-20T12:00:00Z");
  }

  private static void assertHas(Fields fields, String... names) {
    for (String name : names) {
      assertThat(fields.has(name)).as(name).isTrue();
    }
  }

  private void breakAll(Breakage kind) {
    first.breakWith(kind);
    second.breakWith(kind);
  }

  private void awaitQuery(String expected) {
    awaitQuery(expected, true);
  }

  private void awaitQueryWithout(String unexpected) {
    awaitQuery(unexpected, false);
  }

  private void awaitQuery(String text, boolean contained) {
    Await.matching(
        (contained ? "" : "no ") + text,
        answer -> answer.contains(text) == contained,
        () -> output("query", NAME, "--server", address(server())));
  }

  /** Runs a command that must succeed, and returns what it printed. */
  private String output(String... arguments) {
    assertThat(run(arguments)).as(() -> program.err()).isZero();
    assertThat(program.err()).isEmpty();
    return program.out().replace(System.lineSeparator(), "\n");
  }

  private int run(String... arguments) {
    program = new Program();
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!arguments[0].equals("query")) {
      all.add("--admin");
      all.add(address(Objects.requireNonNull(holdfast.adminAddress())));
    }
    return program.run(all.toArray(String[]::new));
  }

  private InetSocketAddress server() {
    return holdfast.addresses().getFirst();
  }

  private static String address(InetSocketAddress address) {
    return SocketAddresses.format(address);
  }
}
