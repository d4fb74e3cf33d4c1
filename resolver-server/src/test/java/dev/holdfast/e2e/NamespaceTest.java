package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.cli.Main;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine that lives on Holdfast: its resolv.conf names nothing else, Unbound stands behind for
 * all names and NSD for a zone of its own, and the usual programs look names up.
 */
@EnabledOnOs(OS.LINUX)
class NamespaceTest {

  private static final int HOSTS = 200;
  private static final int BURST = 20_000;

  @TempDir static Path folder;

  private static Namespace machine;

  @BeforeAll
  static void startEverything() throws Exception {
    Tools.assumeInstalled("unbound", "nsd", "dig", "kdig", "getent", "dnsperf");
    machine = Namespace.open(folder, "nameserver 127.0.0.1\noptions attempts:1 timeout:5\n");
    machine.start(List.of(Tools.path("unbound"), "-d", "-c", unboundConfig().toString()));
    machine.start(List.of(Tools.path("nsd"), "-d", "-c", nsdConfig().toString()));
    awaitAnswer("192.0.2.53", "www.example.org");
    awaitAnswer("192.0.2.54", "www.corp.example.net");
    List<String> options =
        List.of(
            "run",
            "--listen=127.0.0.1:53",
            "--upstream=192.0.2.53",
            "--set=zones.corp.example.net.upstreams=192.0.2.54",
            "--state-dir=" + folder.resolve("state"));
    ChildProcess holdfast = machine.start(Tools.java(Main.class, options));
    holdfast.awaitOutput(Pattern.compile("listening on 127.0.0.1:53 "));
  }

  @AfterAll
  static void stopEverything() {
    if (machine != null) {
      machine.close();
    }
  }

  @Test
  void getent_hostWithBothFamilies_listsAllAddresses() throws Exception {
    assertThat(run("getent", "ahosts", "www.example.org")).contains("192.0.2.80 ");
    assertThat(run("getent", "--no-addrconfig", "ahosts", "www.example.org"))
        .contains("192.0.2.80 ", "2001:db8::80 ");
  }

  @Test
  void getent_aliasIntoRoutedZone_followsIt() throws Exception {
    assertThat(run("getent", "ahosts", "www.corp.example.net")).contains("198.51.100.80 ");
  }

  @Test
  void getent_unknownName_saysSoAtOnce() throws Exception {
    assertThat(machine.run(List.of("getent", "ahosts", "absent.example.org")).status())
        .isEqualTo(2);
  }

  @Test
  void dig_localNames_areAnswered() throws Exception {
    assertThat(run("dig", "+short", "a.localhost")).isEqualTo("127.0.0.1\n");
    assertThat(run("dig", "+short", "-x", "127.0.0.1")).isEqualTo("localhost.\n");
  }

  @Test
  void dig_overUdp_answers() throws Exception {
    assertThat(run("dig", "+notcp", "www.example.org", "A"))
        .contains("status: NOERROR", "192.0.2.80", "SERVER: 127.0.0.1#53", "(UDP)");
  }

  @Test
  void dig_overTcp_answers() throws Exception {
    assertThat(run("dig", "+tcp", "www.corp.example.net", "A"))
        .contains("status: NOERROR", "198.51.100.80", "SERVER: 127.0.0.1#53", "(TCP)");
  }

  @Test
  void dig_answerTooBigForUdp_comesOverTcp() throws Exception {
    assertThat(run("dig", "big.example.org", "TXT"))
        .contains("Truncated, retrying in TCP mode", "status: NOERROR", "ANSWER: 16,", "(TCP)");
  }

  @Test
  void kdig_overUdpAndTcp_answers() throws Exception {
    assertThat(run("kdig", "www.example.org", "AAAA"))
        .contains("status: NOERROR", "2001:db8::80", "From 127.0.0.1@53(UDP)");
    assertThat(run("kdig", "+tcp", "+keepopen", "www.example.org", "A", "h1.example.org", "A"))
        .contains("192.0.2.80", "192.0.2.1", "From 127.0.0.1@53(TCP)");
  }

  @Test
  void java_inetAddress_findsAllAddresses() throws Exception {
    ChildProcess.Ended ended =
        machine.run(Tools.java(Lookup.class, List.of("www.example.org", "www.corp.example.net")));

    assertThat(ended.out().lines())
        .as(ended.err())
        .containsExactlyInAnyOrder("192.0.2.80", "2001:db8:0:0:0:0:0:80", "198.51.100.80");
  }

  @Test
  void dnsperf_burstOverUdp_losesNothing() throws Exception {
    assertThat(burst("udp", BURST)).contains("NOERROR " + BURST + " (100.00%)");
  }

  @Test
  void dnsperf_burstOverTcp_losesNothing() throws Exception {
    assertThat(burst("tcp", BURST)).contains("NOERROR " + BURST + " (100.00%)");
  }

  private static String burst(String mode, int queries) throws Exception {
    List<String> names = new ArrayList<>();
    for (int host = 0; host < HOSTS; host++) {
      names.add("h" + host + (host % 2 == 0 ? ".example.org A" : ".corp.example.net A"));
    }
    Path file = Files.write(folder.resolve("queries-" + mode), names);
    String runs = String.valueOf(queries / HOSTS);
    String report =
        run(
            "dnsperf",
            "-m",
            mode,
            "-s",
            "127.0.0.1",
            "-d",
            file.toString(),
            "-n",
            runs,
            "-c",
            "20",
            "-e");
    assertThat(report)
        .containsPattern("Queries sent: +" + queries + "\\n")
        .containsPattern("Queries completed: +" + queries + " \\(100.00%\\)")
        .containsPattern("Queries lost: +0 ");
    return report;
  }

  /** Returns what a program inside printed, after it ended well. */
  private static String run(String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Tools.path(program)));
    command.addAll(List.of(arguments));
    ChildProcess.Ended ended = machine.run(command);
    assertThat(ended.status()).as(command + " printed\n" + ended.out() + ended.err()).isZero();
    return ended.out();
  }

  private static void awaitAnswer(String server, String name) throws Exception {
    List<String> command =
        List.of(Tools.path("dig"), "+short", "+tries=1", "+time=1", "@" + server, name);
    Await.until(server, () -> machine.run(command).out().endsWith(".80\n"));
  }

  private static Path unboundConfig() throws IOException {
    StringBuilder config =
        new StringBuilder(
            """
            server:
              interface: 192.0.2.53
              access-control: 127.0.0.0/8 allow
              access-control: 192.0.2.0/24 allow
              do-daemonize: no
              use-syslog: no
              username: ""
              chroot: ""
              directory: ""
              pidfile: ""
              module-config: "iterator"
              local-zone: "." static
              local-data: ". 60 SOA ns.example.org. hostmaster.example.org. 1 3600 600 86400 60"
              local-data: "www.example.org. 300 A 192.0.2.80"
              local-data: "www.example.org. 300 AAAA 2001:db8::80"
            """);
    for (int i = 0; i < 16; i++) {
      String text = "record " + i + " of a set too big for UDP " + ".".repeat(60);
      config.append("  local-data: 'big.example.org. 300 TXT \"%s\"'\n".formatted(text));
    }
    for (int host = 0; host < HOSTS; host++) {
      config.append("  local-data: \"h%d.example.org. 300 A 192.0.2.%d\"\n".formatted(host, host));
    }
    config.append("remote-control:\n  control-enable: no\n");
    return Files.writeString(folder.resolve("unbound.conf"), config);
  }

  private static Path nsdConfig() throws IOException {
    StringBuilder zone =
        new StringBuilder(
            """
            $ORIGIN corp.example.net.
            $TTL 300
            @ SOA ns hostmaster 1 3600 600 86400 60
            @ NS ns
            ns A 192.0.2.54
            www CNAME host
            host A 198.51.100.80
            """);
    for (int host = 0; host < HOSTS; host++) {
      zone.append("h%d A 198.51.100.%d\n".formatted(host, host));
    }
    Files.writeString(folder.resolve("corp.example.net.zone"), zone);
    return Files.writeString(
        folder.resolve("nsd.conf"),
        """
        server:
          ip-address: 192.0.2.54
          username: ""
          chroot: ""
          zonesdir: "%1$s"
          zonelistfile: "%1$s/zone.list"
          xfrdfile: "%1$s/xfrd.state"
          xfrdir: "%1$s"
          pidfile: ""
          database: ""
        remote-control:
          control-enable: no
        zone:
          name: corp.example.net
          zonefile: corp.example.net.zone
        """
            .formatted(folder));
  }

  /** Looks names up as any Java program does. */
  static final class Lookup {

    private Lookup() {}

    public static void main(String[] names) throws UnknownHostException {
      for (String name : names) {
        for (InetAddress address : InetAddress.getAllByName(name)) {
          System.out.println(address.getHostAddress());
        }
      }
    }
  }
}
