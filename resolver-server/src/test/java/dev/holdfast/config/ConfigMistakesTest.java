package dev.holdfast.config;

import dev.holdfast.fuzz.Mistakes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Configurations that are nearly right: what {@link ConfigFuzzTest} asks of any text. They are the
 * same in every build.
 */
final class ConfigMistakesTest {

  private static final int FILES = 5_000;

  private static final List<String> LINES =
      List.of(
          "listen: [ 127.0.0.1:53 , \"[::1]:53\" ]",
          "upstreams: [ 192.0.2.53 , tcp://192.0.2.55:5300 ]",
          "upstream: { case-randomisation: auto }",
          "zones: { corp.example: { upstreams: [ 10.0.0.53 ], rebinding: refuse } }",
          "access: { allow: [ 10.0.0.0/8 , \"fc00::/7\" ], open: false }",
          "cache: { max-size: 128MiB , min-ttl: 0s , max-ttl: 1d , prefetch: true }",
          "stale: { max-age: 1d , answer-ttl: 30s , client-timeout: 1800ms }",
          "hold: { default: \"off\" , window: 6h , zones: { amazonaws.com: enforce } }",
          "local: { records: [ \"a 300 IN TXT b\" ], allow: [ www.example.org ] }",
          "local: { lists: { ads: { file: /a/b , reason: filtered } } }",
          "rebinding: { default: refuse , except: [ example.org ] }",
          "dns64: { enabled: true , prefix: \"64:ff9b::/96\" }",
          "client-subnet: { default: forward , ipv4-prefix: 24 }",
          "limits: { responses-per-second: auto , cached-size: 16KiB , in-flight: 4096 }",
          "state-dir: /var/lib/holdfast",
          "admin: { listen: \"127.0.0.1:9153\" , token-file: \"\" }",
          "query-log: { to: stdout , one-in: 10 }");

  private static final List<String> PIECES =
      List.of(
          "a",
          "*",
          "*.a",
          "a.",
          "\\",
          "\"\\\\042.a\"",
          "\"\\n\"",
          "\"\\u2028\"",
          "\"#\"",
          "\": \"",
          "\"null\"",
          "\"1\"",
          "~",
          "off",
          "true",
          "yes",
          "auto",
          "0",
          "1",
          "0x10",
          "1_000",
          "65536",
          "99999999999",
          "1h30m",
          "1001ms",
          "1048577B",
          "1025KiB",
          "30d",
          "::",
          "\"::ffff:10.0.0.0/104\"",
          "\"[fe80::1%lo]:53\"",
          "[",
          "]",
          "{",
          "}",
          ",",
          "\"",
          "'",
          "\n",
          "\u00e4",
          "\0");

  @Test
  void readText_filesWithMistakes_areConfigurationsOrProblems() {
    ConfigFuzzTest judge = new ConfigFuzzTest();
    Mistakes files = new Mistakes(1, LINES, PIECES);
    for (int i = 0; i < FILES; i++) {
      judge.readText_anyText_isAConfigurationOrProblems(
          files.next().getBytes(StandardCharsets.UTF_8));
    }
  }
}
