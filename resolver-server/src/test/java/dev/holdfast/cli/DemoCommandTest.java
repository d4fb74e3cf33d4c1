package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.admin.AdminResponse;
import dev.holdfast.admin.AdminRoute;
import dev.holdfast.admin.AdminServer;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.DemoUpstreams;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.upstream.SocketAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DemoCommandTest {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  private final DemoUpstreams demo = DemoUpstreams.start();
  private Program program = new Program();

  @AfterEach
  void stop() {
    demo.close();
  }

  @Test
  void breakHealShow_withTheDemo_doAsTold() throws IOException {
    try (AdminServer server = serve(DemoRoutes.of(demo))) {
      assertThat(run(server, "break", "silence")).isZero();
      assertThat(breakages()).containsExactly(Breakage.SILENCE, Breakage.SILENCE);
      assertThat(run(server, "break", "cut-short", "--upstream", "2")).isZero();
      assertThat(breakages()).containsExactly(Breakage.SILENCE, Breakage.CUT_SHORT);
      assertThat(run(server, "heal", "--upstream", "1")).isZero();
      assertThat(breakages()).containsExactly(Breakage.NONE, Breakage.CUT_SHORT);

      program = new Program();
      assertThat(run(server, "show")).isZero();
      assertThat(program.out().lines())
          .hasSize(2)
          .anyMatch(line -> line.startsWith("upstream 1  127.0.0.1:") && line.contains("none"))
          .anyMatch(
              line -> line.startsWith("upstream 2  127.0.0.1:") && line.contains("cut-short"));

      assertThat(run(server, "heal")).isZero();
      assertThat(breakages()).containsExactly(Breakage.NONE, Breakage.NONE);
    }
    assertThat(program.err()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void break_everyKind_isTakenOrHealing(Breakage kind) throws IOException {
    try (AdminServer server = serve(DemoRoutes.of(demo))) {
      int exitCode = run(server, "break", kind.kebabName());

      assertThat(exitCode).isEqualTo(kind == Breakage.NONE ? 2 : 0);
      assertThat(breakages()).containsOnly(kind);
    }
  }

  @Test
  void break_unknownKind_listsThemAll() throws IOException {
    try (AdminServer server = serve(DemoRoutes.of(demo))) {
      assertThat(run(server, "break", "silense")).isEqualTo(2);
    }
    assertThat(program.err()).contains("unknown kind: silense");
    DemoRoutes.kinds()
        .forEach(kind -> assertThat(program.err()).contains(kind.kebabName(), kind.sentence()));
  }

  @Test
  void arguments_wrong_exitWithTwo() {
    assertThat(run("break")).isEqualTo(2);
    assertThat(run("break", "silence", "--upstream", "3")).isEqualTo(2);
    assertThat(run("break", "silence", "extra")).isEqualTo(2);
    assertThat(run("heal", "--admin", "nonsense:port")).isEqualTo(2);
    assertThat(run("mend")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
  }

  @Test
  void server_missing_saysHowToStartOne() throws IOException {
    String address;
    try (AdminServer server = serve(List.of())) {
      address = SocketAddresses.format(server.address());
    }

    assertThat(run("show", "--admin", address)).isEqualTo(1);
    assertThat(program.err())
        .contains("no server at " + address + ": start one with: holdfast run --demo");
  }

  @Test
  void server_withoutDemo_saysSo() throws IOException {
    try (AdminServer server = serve(DemoRoutes.withoutDemo())) {
      assertThat(run(server, "break", "silence")).isEqualTo(1);
      assertThat(run(server, "heal")).isEqualTo(1);
      assertThat(run(server, "show")).isEqualTo(1);
    }
    assertThat(program.err().lines())
        .hasSize(3)
        .containsOnly("holdfast: this server was started without --demo: try holdfast run --demo");
  }

  @Test
  void server_ofAnotherKind_isNotTakenForOne() throws IOException {
    AdminRoute page =
        new AdminRoute("GET", "/demo", request -> new AdminResponse(200, "text/html", "<html>"));
    try (AdminServer server = serve(List.of(page))) {
      assertThat(run(server, "show")).isEqualTo(1);
    }
    assertThat(program.err()).contains("is not a holdfast admin address (HTTP 200)");
  }

  @Test
  void hint_namesAskingBreakingAndHealing() {
    InetSocketAddress wildcard = SocketAddresses.parse("0.0.0.0:5353", 53);

    assertThat(DemoRoutes.hint(wildcard, AdminCommand.DEFAULT_ADMIN))
        .isEqualTo(
            "try: dig @127.0.0.1 -p 5353 www.example.org   then: holdfast demo break"
                + " silence|servfail|empty|...   and: holdfast demo heal");
    assertThat(DemoRoutes.hint(wildcard, SocketAddresses.parse("127.0.0.1:99", 1)))
        .contains("heal --admin 127.0.0.1:99");
    assertThat(DemoRoutes.hint(SocketAddresses.parse("[::1]:5300", 53), null))
        .startsWith("try: dig @::1 -p 5300 www.example.org")
        .doesNotContain("break silence");
  }

  private List<Breakage> breakages() {
    return demo.upstreams().stream().map(upstream -> upstream.breakage()).toList();
  }

  private int run(AdminServer server, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--admin", SocketAddresses.format(server.address())));
    return run(all.toArray(String[]::new));
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("demo"));
    all.addAll(List.of(arguments));
    return program.run(all.toArray(String[]::new));
  }

  private static AdminServer serve(List<AdminRoute> routes) throws IOException {
    return AdminServer.start(ANY_PORT, routes, null, new LoopCounters());
  }
}
