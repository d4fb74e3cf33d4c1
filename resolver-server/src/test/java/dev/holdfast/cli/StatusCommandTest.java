package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.admin.AdminResponse;
import dev.holdfast.admin.AdminRoute;
import dev.holdfast.admin.AdminServer;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.upstream.SocketAddresses;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class StatusCommandTest {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  @Test
  void lines_twoLooks_showRatesAndShares() {
    List<String> lines =
        new StatusScreen(
                status("2025-10-20T06:00:00Z", 1000, 900, 100),
                status("2025-10-20T06:00:02Z", 1200, 900, 300))
            .lines();

    assertThat(lines)
        .contains("up 3d 4h", "cache: 1,234 answers, 1.5 of 128.0 MiB, 7 pushed out")
        .anyMatch(line -> line.matches("queries +100\\.0 +1,200"))
        .anyMatch(line -> line.matches("  fresh from the cache +0\\.0 +0\\.0 % +900 +75\\.0 %"))
        .anyMatch(line -> line.matches("  stale +100\\.0 +100\\.0 % +300 +25\\.0 %"))
        .anyMatch(
            line ->
                line.matches(
                    "corp.example. +192.0.2.53:53 +down +tcp +12.3 ms  4 in flight, 10 replies,"
                        + " 2 errors, 6 lost"));
  }

  @Test
  void lines_serverOfAnotherVersion_showsWhatThereIs() {
    List<String> lines = new StatusScreen(new Fields(Map.of()), new Fields(Map.of())).lines();

    assertThat(lines).contains("up 0s").noneMatch(line -> line.contains("null"));
  }

  @Test
  void watch_severalScreens_looksAgainForEach() throws IOException {
    AtomicInteger looks = new AtomicInteger();
    AdminRoute route =
        new AdminRoute(
            "GET",
            "/status",
            request -> AdminResponse.ok(Map.of("uptime_seconds", looks.incrementAndGet())));
    try (AdminServer server =
        AdminServer.start(ANY_PORT, List.of(route), null, new LoopCounters())) {
      StringWriter out = new StringWriter();
      CommandLine command =
          new CommandLine(new StatusCommand(1, 1, 3).spec()).setOut(new PrintWriter(out));

      int exit = command.execute("--watch", "--admin", SocketAddresses.format(server.address()));

      assertThat(exit).isZero();
      assertThat(looks).hasValue(4);
      assertThat(out.toString().lines().filter(line -> line.contains("up ")))
          .containsExactly(
              "\u001b[H\u001b[Jup 2s", "\u001b[H\u001b[Jup 3s", "\u001b[H\u001b[Jup 4s");
    }
  }

  private static Fields status(String now, long queries, long fresh, long stale) {
    Map<String, Object> tcp =
        Map.of(
            "replies", 10,
            "error_replies", 2,
            "timeout", 3,
            "refused_connection", 2,
            "network_error", 1);
    Map<String, Object> upstream =
        Map.of(
            "address",
            "192.0.2.53:53",
            "state",
            "down",
            "transport",
            "tcp",
            "rtt_millis",
            12.34,
            "in_flight",
            4,
            "tcp",
            tcp);
    return new Fields(
        Map.of(
            "now", now,
            "uptime_seconds", 3 * 86_400 + 4 * 3600,
            "cache",
                Map.of(
                    "answers",
                    1234,
                    "size_bytes",
                    3 << 19,
                    "max_size_bytes",
                    128 << 20,
                    "evictions",
                    7),
            "routes", List.of(Map.of("suffix", "corp.example.", "upstreams", List.of(upstream))),
            "counters",
                Map.of("queries_udp", queries, "answers_fresh", fresh, "answers_stale", stale)));
  }
}
