package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.admin.AdminConfig;
import dev.holdfast.cache.CacheConfig;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.listener.TcpConfig;
import dev.holdfast.lists.ListAction;
import dev.holdfast.lists.ListConfig;
import dev.holdfast.lists.ListReason;
import dev.holdfast.lists.LocalConfig;
import dev.holdfast.lists.RpzConfig;
import dev.holdfast.log.LogConfig;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.Cidr;
import dev.holdfast.policy.CookieConfig;
import dev.holdfast.policy.Dns64Config;
import dev.holdfast.policy.RebindingConfig;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.policy.SubnetConfig;
import dev.holdfast.resolve.LimitsConfig;
import dev.holdfast.store.JournalConfig;
import dev.holdfast.tap.QueryLogConfig;
import dev.holdfast.upstream.CaseRandomisation;
import dev.holdfast.upstream.RouteConfig;
import dev.holdfast.upstream.RouteRules;
import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.upstream.UpstreamSpec;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

  private final ConfigReader reader = new ConfigReader(new FakeMachine("127.0.0.1", "::1"));

  @Test
  void read_nothing_givesTheDefaults() throws InvalidConfigException {
    HoldfastConfig expected =
        new HoldfastConfig(
            addresses("127.0.0.1:5353", "[::1]:5353"),
            0,
            List.of(),
            CaseRandomisation.AUTO,
            Path.of("/etc/resolv.conf"),
            List.of(),
            new AccessConfig(
                blocks(
                    "127.0.0.0/8",
                    "::1",
                    "10.0.0.0/8",
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                    "fc00::/7"),
                /* open= */ false),
            new CacheConfig(
                134_217_728, Duration.ZERO, Duration.ofDays(1), Duration.ofMinutes(5), true),
            new StaleConfig(
                Duration.ofDays(1), Duration.ofSeconds(30), Duration.ofMillis(1800), 500),
            new HoldConfig(
                HoldMode.OBSERVE, Duration.ofHours(24), 3, Duration.ofHours(6), List.of()),
            new LocalConfig(
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Duration.ofMinutes(1),
                2_000_000),
            new LimitsConfig(
                4096, 1024, 100, 1000, 8, 11, 256, 16_384, -1, 100, Duration.ofSeconds(4)),
            new TcpConfig(
                1024,
                64,
                100,
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5)),
            new CookieConfig(true, true, null),
            true,
            RewriteConfig.DEFAULTS,
            Path.of("/var/lib/holdfast"),
            new JournalConfig(true, 268_435_456),
            new AdminConfig(address("127.0.0.1:9153"), null, true),
            LogConfig.DEFAULTS,
            QueryLogConfig.DEFAULTS);

    assertThat(reader.read(null, List.of())).isEqualTo(expected);
  }

  @Test
  void read_machineWithoutIpv6_listensOnIpv4Only() throws InvalidConfigException {
    HoldfastConfig config = new ConfigReader(new FakeMachine("127.0.0.1")).read(null, List.of());

    assertThat(config.listen()).isEqualTo(addresses("127.0.0.1:5353"));
  }

  @Test
  void readText_everyKey_landsInItsComponent() throws InvalidConfigException {
    String text =
        """
        listen: ["0.0.0.0:5300", "[::1]:5353", 192.0.2.1, "2001:db8::1"]
        threads: 3
        upstreams:
          - 192.0.2.53
          - "[2001:db8::53]:5300"
          - tcp://192.0.2.54
        upstream: { case-randomisation: off }
        resolv-conf: /run/resolv.conf
        zones:
          corp.example: { upstreams: [10.0.0.53, 10.0.1.53] }
          Lab.Example.:
            upstreams: 10.0.2.53
            rebinding: refuse
            client-subnet: forward
        access: { allow: [0.0.0.0/0, "2001:db8::/32"], open: true }
        cache: { max-size: 64MiB, min-ttl: 1s, max-ttl: 2d, max-negative-ttl: 0, prefetch: false }
        stale: { max-age: 3d, answer-ttl: 10s, client-timeout: 0ms, refreshes-per-second: 50 }
        hold:
          default: "off"
          min-history: 1h
          min-refreshes: 1
          window: 2h
          zones: { Amazonaws.com: enforce }
        local:
          records: ["printer.home.example 300 IN A 192.0.2.7"]
          hosts: /etc/hosts
          allow: [Good.example]
          rpz: { threats: { file: /srv/threats.zone, reason: censored } }
          lists:
            ads: { file: /srv/ads.txt, action: null-address, reason: filtered }
            known-good: { file: /srv/good.txt, action: allow }
          answer-ttl: 10s
          max-entries: 8
        minimal-responses: false
        rebinding: { default: refuse, private: [10.0.0.0/8], except: [Plex.direct] }
        dns64: { enabled: true, prefix: "2001:db8:64::/48" }
        client-subnet: { default: forward, ipv4-prefix: 20, ipv6-prefix: 48, max-size: 1MiB }
        limits:
          in-flight: 1
          in-flight-per-upstream: 2
          waiters-per-question: 3
          waiters-per-client: 4
          sends-per-question: 5
          cname-chain: 6
          cached-records: 7
          cached-size: 1KiB
          responses-per-second: 8
          late-responses-per-second: 10
          answer-deadline: 9s
        tcp:
          max-connections: 10
          max-connections-per-address: 11
          max-pipelined: 12
          first-query-timeout: 13s
          idle-timeout: 14m
          unwritable-timeout: 15ms
        cookies: { clients: false, upstreams: false, secret-file: /etc/holdfast/cookie-secrets }
        state-dir: /srv/holdfast
        journal: { enabled: false, max-size: 4MiB }
        admin: { listen: "[::1]:9999", token-file: /etc/holdfast/token, top-talkers: false }
        log: { format: json, level: warn }
        query-log:
          to: /var/log/holdfast/queries.log
          max-size: 2MiB
          dnstap: /run/dnstap.sock
          one-in: 7
          buffer: 1MiB
        """;

    assertThat(reader.readText("holdfast.yaml", text, List.of()))
        .isEqualTo(
            new HoldfastConfig(
                addresses("0.0.0.0:5300", "[::1]:5353", "192.0.2.1:53", "[2001:db8::1]:53"),
                3,
                upstreams("192.0.2.53", "[2001:db8::53]:5300", "tcp://192.0.2.54"),
                CaseRandomisation.OFF,
                Path.of("/run/resolv.conf"),
                List.of(
                    new RouteConfig("corp.example.", upstreams("10.0.0.53", "10.0.1.53")),
                    new RouteConfig(
                        "lab.example.", upstreams("10.0.2.53"), new RouteRules(true, true))),
                new AccessConfig(blocks("0.0.0.0/0", "2001:db8::/32"), /* open= */ true),
                new CacheConfig(
                    64 << 20, Duration.ofSeconds(1), Duration.ofDays(2), Duration.ZERO, false),
                new StaleConfig(Duration.ofDays(3), Duration.ofSeconds(10), Duration.ZERO, 50),
                new HoldConfig(
                    HoldMode.OFF,
                    Duration.ofHours(1),
                    1,
                    Duration.ofHours(2),
                    List.of(new HoldConfig.Zone("amazonaws.com.", HoldMode.ENFORCE))),
                new LocalConfig(
                    List.of("printer.home.example 300 IN A 192.0.2.7"),
                    List.of(Path.of("/etc/hosts")),
                    List.of("good.example."),
                    List.of(
                        new RpzConfig(
                            "threats", Path.of("/srv/threats.zone"), ListReason.CENSORED)),
                    List.of(
                        new ListConfig(
                            "ads",
                            Path.of("/srv/ads.txt"),
                            ListAction.NULL_ADDRESS,
                            ListReason.FILTERED),
                        new ListConfig(
                            "known-good",
                            Path.of("/srv/good.txt"),
                            ListAction.ALLOW,
                            ListReason.BLOCKED)),
                    Duration.ofSeconds(10),
                    8),
                new LimitsConfig(1, 2, 3, 4, 5, 6, 7, 1024, 8, 10, Duration.ofSeconds(9)),
                new TcpConfig(
                    10,
                    11,
                    12,
                    Duration.ofSeconds(13),
                    Duration.ofMinutes(14),
                    Duration.ofMillis(15)),
                new CookieConfig(false, false, Path.of("/etc/holdfast/cookie-secrets")),
                false,
                new RewriteConfig(
                    new RebindingConfig(true, blocks("10.0.0.0/8"), List.of("plex.direct.")),
                    new Dns64Config(true, Cidr.parse("2001:db8:64::/48")),
                    new SubnetConfig(true, 20, 48, 1 << 20)),
                Path.of("/srv/holdfast"),
                new JournalConfig(false, 4 << 20),
                new AdminConfig(address("[::1]:9999"), Path.of("/etc/holdfast/token"), false),
                new LogConfig(LogConfig.Format.JSON, LogConfig.Level.WARN),
                new QueryLogConfig(
                    "/var/log/holdfast/queries.log", 2 << 20, "/run/dnstap.sock", 7, 1 << 20)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "# a comment\n", "cache:\n", "cache: {}\n", "---\n...\n", "cache: ~\n"})
  void readText_nothingSaid_givesTheDefaults(String text) throws InvalidConfigException {
    assertThat(reader.readText("holdfast.yaml", text, List.of()))
        .isEqualTo(reader.read(null, List.of()));
  }

  @Test
  void readText_adminOff_servesNone() throws InvalidConfigException {
    assertThat(
            reader.readText("holdfast.yaml", "admin: { listen: off }", List.of()).admin().listen())
        .isNull();
  }

  @Test
  void readText_threadsAuto_isZero() throws InvalidConfigException {
    assertThat(reader.readText("holdfast.yaml", "threads: auto", List.of()).threads()).isZero();
  }

  private static InetSocketAddress address(String text) {
    return SocketAddresses.parse(text, 0);
  }

  private static List<InetSocketAddress> addresses(String... texts) {
    return Stream.of(texts).map(ConfigReaderTest::address).toList();
  }

  private static List<UpstreamSpec> upstreams(String... texts) {
    return Stream.of(texts).map(UpstreamSpec::parse).toList();
  }

  private static List<Cidr> blocks(String... texts) {
    return Stream.of(texts).map(Cidr::parse).toList();
  }
}
