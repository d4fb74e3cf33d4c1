package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProblemsTest {

  private final ConfigReader reader =
      new ConfigReader(new FakeMachine("127.0.0.1", "::1", "192.0.2.7", "2001:db8::7"));

  @ParameterizedTest
  @MethodSource("oneProblem")
  void readText_oneMistake_namesPlaceValueAndExpectation(String text, String problem) {
    assertThat(problems(text)).containsExactly(problem);
  }

  static Stream<Arguments> oneProblem() {
    return Stream.of(
        // Keys
        Arguments.of("cahce: {}", "f.yaml:1:1: cahce: unknown key. Did you mean \"cache\"?"),
        Arguments.of(
            "cache:\n  max_size: 1MiB",
            "f.yaml:2:3: cache.max_size: unknown key. Did you mean \"max-size\"?"),
        Arguments.of(
            "max-ttl: 1d", "f.yaml:1:1: max-ttl: unknown key. Did you mean \"cache.max-ttl\"?"),
        Arguments.of(
            "admin: { secret: x }",
            "f.yaml:1:10: admin.secret: unknown key (expected listen, token-file, top-talkers)"),
        Arguments.of(
            "zones: { a.example: { upstreams: [192.0.2.1], upstream: 192.0.2.1 } }",
            "f.yaml:1:47: zones.a.example.upstream: unknown key. Did you mean \"upstreams\"?"),
        Arguments.of(
            "threads: 1\nthreads: 2",
            "f.yaml:2:1: threads: given twice, first in line 1 (expected once)"),
        Arguments.of("open: true", "f.yaml:1:1: open: unknown key. Did you mean \"access.open\"?"),
        // Shapes
        Arguments.of(
            "cache: big", "f.yaml:1:8: cache: big (expected a section with keys of its own)"),
        Arguments.of("threads: [1]", "f.yaml:1:10: threads: a list (expected one value)"),
        Arguments.of("threads: {}", "f.yaml:1:10: threads: a section (expected one value)"),
        Arguments.of("threads:", "f.yaml:1:9: threads: nothing (expected one value)"),
        Arguments.of("listen: {}", "f.yaml:1:9: listen: a section (expected a list)"),
        Arguments.of("listen: [[a]]", "f.yaml:1:10: listen: a list (expected one value)"),
        Arguments.of("- a", "f.yaml:1:1: not a section (expected keys such as listen:)"),
        // Local policy
        Arguments.of(
            "local: { records: [\"a.example 300 IN A 192.0.2\"] }",
            "f.yaml:1:20: local.records: a.example 300 IN A 192.0.2"
                + " (A 192.0.2: Invalid address: 192.0.2)"),
        Arguments.of(
            "local: { records: [\"a.example 300 IN AXFR\"] }",
            "f.yaml:1:20: local.records: a.example 300 IN AXFR"
                + " (expected a record type such as A, AAAA or CNAME)"),
        Arguments.of(
            "local: { lists: { Ads: { file: /srv/ads } } }",
            "f.yaml:1:19: local.lists.Ads: Ads (expected a name of up to 32 small letters, digits"
                + " and hyphens)"),
        Arguments.of(
            "local: { lists: { ads: { action: nxdomain } } }",
            "f.yaml:1:24: local.lists.ads.file: none (expected a path, such as"
                + " /etc/holdfast/ads.txt)"),
        Arguments.of(
            "local: { lists: { ads: { file: /srv/ads, action: block } } }",
            "f.yaml:1:50: local.lists.ads.action: block (expected one of nxdomain, nodata,"
                + " null-address, refused, allow)"),
        Arguments.of(
            "local: { answer-ttl: 2d }",
            "f.yaml:1:22: local.answer-ttl: 2d (expected 0s..1d in whole seconds)"),
        // Values
        Arguments.of(
            "access: { open: yes }",
            "f.yaml:1:17: access.open: yes (expected true or false). Did you mean \"true\"?"),
        Arguments.of(
            "limits: { responses-per-second: 0 }",
            "f.yaml:1:33: limits.responses-per-second: 0 (expected auto, off or 1..1000000)"),
        Arguments.of("threads: 0", "f.yaml:1:10: threads: 0 (expected auto or 1..256)"),
        Arguments.of("threads: 257", "f.yaml:1:10: threads: 257 (expected auto or 1..256)"),
        Arguments.of("threads: \"\"", "f.yaml:1:10: threads: \"\" (expected auto or 1..256)"),
        Arguments.of(
            "threads: " + "9".repeat(1000),
            "f.yaml:1:10: threads: " + "9".repeat(100) + "... (expected auto or 1..256)"),
        Arguments.of(
            "listen: [\"localhost:53\"]",
            "f.yaml:1:10: listen: localhost:53 (expected an address such as 192.0.2.1,"
                + " 192.0.2.1:5353 or [2001:db8::1]:5353). Did you mean \"127.0.0.1:53\"?"),
        Arguments.of("listen: []", "f.yaml:1:9: listen: [] (expected at least one address)"),
        Arguments.of(
            "access: { allow: [] }",
            "f.yaml:1:18: access.allow: [] (expected at least one address block)"),
        Arguments.of(
            "access: { allow: 10.1.0.0/8 }",
            "f.yaml:1:18: access.allow: 10.1.0.0/8 (expected zeros after the first 8 bits)."
                + " Did you mean \"10.0.0.0/8\"?"),
        Arguments.of(
            "cache: { max-size: 64MB }",
            "f.yaml:1:20: cache.max-size: 64MB (expected a number with B, KiB, MiB, GiB or TiB,"
                + " such as 64MiB). Did you mean \"64MiB\"?"),
        Arguments.of(
            "cache: { max-size: 1KiB }", "f.yaml:1:20: cache.max-size: 1KiB (expected 1MiB..1TiB)"),
        Arguments.of(
            "cache: { max-size: 999999999999999999TiB }",
            "f.yaml:1:20: cache.max-size: 999999999999999999TiB (expected 1MiB..1TiB)"),
        Arguments.of(
            "cache: { max-ttl: 30 }",
            "f.yaml:1:19: cache.max-ttl: 30 (expected a number with ms, s, m, h or d, such as"
                + " 30s). Did you mean \"30s\"?"),
        Arguments.of(
            "cache: { max-ttl: 1500ms }",
            "f.yaml:1:19: cache.max-ttl: 1500ms (expected 1s..7d in whole seconds)"),
        Arguments.of(
            "cache: { max-ttl: 999999999999999999d }",
            "f.yaml:1:19: cache.max-ttl: 999999999999999999d (expected 1s..7d in whole seconds)"),
        Arguments.of(
            "stale: { answer-ttl: -5s }",
            "f.yaml:1:22: stale.answer-ttl: -5s (expected 1s..1h in whole seconds)"),
        Arguments.of(
            "limits: { answer-deadline: 999999999999999999d }",
            "f.yaml:1:28: limits.answer-deadline: 999999999999999999d (expected 100ms..10s)"),
        Arguments.of(
            "limits: { in-flight: 99999999999 }",
            "f.yaml:1:22: limits.in-flight: 99999999999 (expected 1..1000000)"),
        Arguments.of(
            "limits: { cached-size: -1B }",
            "f.yaml:1:24: limits.cached-size: -1B (expected 512B..65535B)"),
        Arguments.of(
            "tcp: { max-pipelined: many }",
            "f.yaml:1:23: tcp.max-pipelined: many (expected a whole number)"),
        Arguments.of(
            "state-dir: ' '",
            "f.yaml:1:12: state-dir: \" \" (expected the path of a file or folder)"),
        Arguments.of(
            "admin: { listen: none }",
            "f.yaml:1:18: admin.listen: none (expected an address or off). Did you mean \"off\"?"),
        Arguments.of(
            "rebinding: { default: off }",
            "f.yaml:1:23: rebinding.default: off (expected allow or refuse)"),
        Arguments.of(
            "rebinding: { private: [] }",
            "f.yaml:1:23: rebinding.private: [] (expected at least one address block)"),
        Arguments.of(
            "dns64: { prefix: \"64:ff9b::/95\" }",
            "f.yaml:1:18: dns64.prefix: 64:ff9b::/95 (expected an IPv6 prefix of length 32, 40,"
                + " 48, 56, 64 or 96)"),
        Arguments.of(
            "dns64: { prefix: 0.0.0.0/0 }",
            "f.yaml:1:18: dns64.prefix: 0.0.0.0/0 (expected an IPv6 prefix of length 32, 40,"
                + " 48, 56, 64 or 96)"),
        Arguments.of(
            "dns64: { prefix: \"2001:db8:0:0:100::/96\" }",
            "f.yaml:1:18: dns64.prefix: 2001:db8:0:0:100::/96 (expected zeros in bits 64 to 71)"),
        Arguments.of(
            "client-subnet: { ipv4-prefix: 33 }",
            "f.yaml:1:31: client-subnet.ipv4-prefix: 33 (expected 1..32)"),
        Arguments.of(
            "zones: { a.example: { upstreams: [192.0.2.1], client-subnet: yes } }",
            "f.yaml:1:62: zones.a.example.client-subnet: yes (expected strip or forward)"),
        // Zones
        Arguments.of(
            "zones: { a.example: {} }",
            "f.yaml:1:21: zones.a.example.upstreams: none (expected at least one, such as"
                + " 192.0.2.53)"),
        Arguments.of(
            "zones: { a.example: [192.0.2.53] }",
            "f.yaml:1:21: zones.a.example: a list (expected a section with keys of its own)"),
        Arguments.of(
            "zones: { a..example: { upstreams: [192.0.2.53] } }",
            "f.yaml:1:10: zones.a..example: \"a..example\": label of 0 bytes (expected 1..63)"),
        Arguments.of(
            "zones: { '*.a.example': { upstreams: [192.0.2.53] } }",
            "f.yaml:1:10: zones.*.a.example: *.a.example (expected a domain name)."
                + " Did you mean \"a.example\"?"),
        Arguments.of(
            "zones: { bücher.example: { upstreams: [192.0.2.53] } }",
            "f.yaml:1:10: zones.bücher.example: bücher.example (expected a domain name)."
                + " Did you mean \"xn--bcher-kva.example\"?"),
        Arguments.of(
            "zones: { .: { upstreams: [192.0.2.53] } }",
            "f.yaml:1:10: zones..: . (expected a name below the root)."
                + " Did you mean \"upstreams\", for all names?"),
        Arguments.of(
            "zones: { '*': { upstreams: [192.0.2.53] } }",
            "f.yaml:1:10: zones.*: * (expected a name below the root)."
                + " Did you mean \"upstreams\", for all names?"));
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void readText_contradiction_namesBothSides(String text, String problem) {
    assertThat(problems(text)).containsExactly(problem);
  }

  static Stream<Arguments> contradictions() {
    return Stream.of(
        Arguments.of(
            "cache: { min-ttl: 2h, max-ttl: 1h }",
            "f.yaml:1:19: cache.min-ttl: 2h (expected at most max-ttl, 3600s)"),
        Arguments.of(
            "stale: { client-timeout: 4s }",
            "f.yaml:1:26: stale.client-timeout: 4s (expected less than limits.answer-deadline,"
                + " 4s)"),
        Arguments.of(
            "limits: { answer-deadline: 1s }",
            "f.yaml:1:28: limits.answer-deadline: 1s (expected more than stale.client-timeout,"
                + " 1800ms)"),
        Arguments.of(
            "zones:\n  a.example: { upstreams: 192.0.2.1 }\n  A.Example.: { upstreams: 192.0.2.2 }",
            "f.yaml:3:3: zones.A.Example.: A.Example. (expected every zone once)"),
        Arguments.of(
            "upstreams: [192.0.2.1, \"192.0.2.1:53\"]",
            "f.yaml:1:24: upstreams: 192.0.2.1:53 (expected every upstream once)"),
        Arguments.of(
            "listen: [\"127.0.0.1:53\", 127.0.0.1]",
            "f.yaml:1:26: listen: 127.0.0.1:53 (expected every address once)"),
        Arguments.of(
            "listen: [\"127.0.0.1:53\", 0.0.0.0]",
            "f.yaml:1:10: listen: 127.0.0.1:53 (expected no address that 0.0.0.0:53 covers)"),
        Arguments.of(
            "upstreams: [\"127.0.0.1:5353\"]",
            "f.yaml:1:13: upstreams: 127.0.0.1:5353 (expected another server: this is where"
                + " Holdfast listens itself)"),
        Arguments.of(
            "listen: 0.0.0.0:53\nupstreams: 192.0.2.7",
            "f.yaml:2:12: upstreams: 192.0.2.7:53 (expected another server: this is where"
                + " Holdfast listens itself)"),
        Arguments.of(
            "listen: '[::]:53'\nzones: { a.example: { upstreams: '2001:db8::7' } }",
            "f.yaml:2:34: zones.a.example.upstreams: [2001:db8::7]:53 (expected another server:"
                + " this is where Holdfast listens itself)"),
        Arguments.of(
            "listen: 0.0.0.0:53\naccess: { allow: [0.0.0.0/1, 128.0.0.0/1] }",
            "f.yaml:1:9: listen: 0.0.0.0:53 (expected a loopback address, a narrower"
                + " access.allow, or access.open: true to serve everybody on the internet)"),
        Arguments.of(
            "admin: { listen: '0.0.0.0:9153' }",
            "f.yaml:1:18: admin.listen: 0.0.0.0:9153 (expected a loopback address, or"
                + " admin.token-file with the token that requests must carry)"),
        Arguments.of(
            "admin: { listen: '127.0.0.1:5353' }",
            "f.yaml:1:18: admin.listen: 127.0.0.1:5353 (expected a port that DNS is not served"
                + " on)"),
        Arguments.of(
            "listen: 127.0.0.1:9153",
            "f.yaml:1:9: listen: 127.0.0.1:9153 (expected another port than admin.listen,"
                + " 127.0.0.1:9153)"));
  }

  @ParameterizedTest
  @MethodSource("harmless")
  void readText_looksLikeAContradiction_isAccepted(String text) {
    assertThat(problems(text)).isEmpty();
  }

  static Stream<String> harmless() {
    return Stream.of(
        "listen: ['127.0.0.1:0', '127.0.0.1:0']",
        "listen: ['0.0.0.0:53', '[::]:53']",
        "listen: 0.0.0.0:53\nupstreams: 127.0.0.53",
        "listen: 0.0.0.0:5353\nupstreams: 192.0.2.7",
        "listen: 192.0.2.8:53\nupstreams: 192.0.2.7",
        "upstreams: [192.0.2.1, 'tcp://192.0.2.1']",
        "access: { allow: 0.0.0.0/0 }",
        "listen: 0.0.0.0:53\naccess: { allow: 0.0.0.0/0, open: true }",
        "listen: '[::1]:9153'",
        "cache: { max-ttl: 1m }");
  }

  @Test
  void readText_manyMistakes_namesAllInReadingOrder() {
    String text =
        """
        listen: ["127.0.0.1:5353", "nowhere", "[::1]:99999"]
        threads: 1000
        cache:
          prefetch: maybe
          max-ttl: 8d
          min-ttl: 2d
        limits: { in-flight: 0, cname-chain: 0, nonsense: 1 }
        upstreams: ["127.0.0.1:5353"]
        """;

    assertThat(problems(text, OptionSetting.set("stale.max-age=8d"), OptionSetting.set("open")))
        .containsExactly(
            "f.yaml:1:28: listen: nowhere (expected an address such as 192.0.2.1, 192.0.2.1:5353"
                + " or [2001:db8::1]:5353)",
            "f.yaml:1:39: listen: [::1]:99999 (expected a port of 0..65535 after the colon)",
            "f.yaml:2:10: threads: 1000 (expected auto or 1..256)",
            "f.yaml:4:13: cache.prefetch: maybe (expected true or false)",
            "f.yaml:5:12: cache.max-ttl: 8d (expected 1s..7d in whole seconds)",
            "f.yaml:6:12: cache.min-ttl: 2d (expected 0s..1d in whole seconds)",
            "f.yaml:7:22: limits.in-flight: 0 (expected 1..1000000)",
            "f.yaml:7:38: limits.cname-chain: 0 (expected 1..32)",
            "f.yaml:7:41: limits.nonsense: unknown key (expected in-flight, in-flight-per-upstream,"
                + " waiters-per-question, waiters-per-client, sends-per-question, cname-chain,"
                + " cached-records, cached-size, responses-per-second,"
                + " late-responses-per-second, answer-deadline)",
            "f.yaml:8:13: upstreams: 127.0.0.1:5353 (expected another server: this is where"
                + " Holdfast listens itself)",
            "--set: open (expected KEY=VALUE, such as --set cache.max-size=64MiB)",
            "--set stale.max-age: 8d (expected 0s..7d)");
  }

  @Test
  void readText_bareIpv6InAList_asksForQuotes() {
    assertThat(problems("threads: 1\nlisten: [::1]:53\n"))
        .singleElement()
        .asString()
        .startsWith("f.yaml:2:")
        .endsWith(" (expected quotes around \"[::1]:53\")");
  }

  @Test
  void readText_brokenYaml_namesThePlaceAndTheOptions() {
    assertThat(problems("threads: 1\nlisten: [\"a\"\nopen: x", OptionSetting.set("access.open=x")))
        .hasSize(2)
        .satisfies(problems -> assertThat(problems.getFirst()).startsWith("f.yaml:3:"))
        .last()
        .isEqualTo("--set access.open: x (expected true or false)");
  }

  @Test
  void readText_controlCharacters_areShownAsEscapes() {
    assertThat(problems("threads: \"\\e[31m\\n\\u202e\""))
        .containsExactly(
            "f.yaml:1:10: threads: \\u001b[31m\\u000a\\u202e (expected auto or 1..256)");
  }

  @Test
  void read_noSuchFile_saysSo() {
    assertThat(problems(Path.of("absent.yaml")))
        .containsExactly("absent.yaml: no such file (expected a readable YAML file)");
  }

  @Test
  void read_unusableFiles_saysWhy(@TempDir Path folder) throws Exception {
    Path latin =
        Files.write(folder.resolve("latin"), "open: ü".getBytes(StandardCharsets.ISO_8859_1));
    Path huge = Files.write(folder.resolve("huge"), new byte[(1 << 20) + 1]);

    assertThat(problems(folder)).singleElement().asString().startsWith(folder + ": ");
    assertThat(problems(latin))
        .containsExactly(latin + ": not text in UTF-8 (expected a YAML file)");
    assertThat(problems(huge)).containsExactly(huge + ": too long (expected at most 1MiB)");
  }

  private List<String> problems(Path file) {
    InvalidConfigException refused =
        catchThrowableOfType(InvalidConfigException.class, () -> reader.read(file, List.of()));
    return refused.problems().stream().map(Problem::toString).toList();
  }

  private List<String> problems(String text, OptionSetting... options) {
    InvalidConfigException refused =
        catchThrowableOfType(
            InvalidConfigException.class, () -> reader.readText("f.yaml", text, List.of(options)));
    return refused == null
        ? List.of()
        : refused.problems().stream().map(Problem::toString).toList();
  }
}
