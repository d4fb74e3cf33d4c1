package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EffectiveConfigTest {

  private final ConfigReader reader = new ConfigReader(new FakeMachine("127.0.0.1", "::1"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "admin: { listen: off }",
        """
        listen: ["0.0.0.0:5300", "[::1]:5353"]
        threads: 3
        upstreams: [192.0.2.53, "[2001:db8::53]:5300", "tcp://192.0.2.54"]
        zones: { corp.example: { upstreams: [10.0.0.53, 10.0.1.53], rebinding: refuse, client-subnet: forward } }
        rebinding: { default: refuse, private: [10.0.0.0/8, "fc00::/7"], except: [a.example] }
        dns64: { enabled: true, prefix: "2001:db8:64::/56" }
        client-subnet: { default: forward, ipv4-prefix: 16, max-size: 2MiB }
        access: { allow: [0.0.0.0/0, "2001:db8::/32"], open: true }
        cache: { max-size: 64MiB, min-ttl: 2s, prefetch: false }
        hold: { default: "off", window: 90m, zones: { amazonaws.com: enforce } }
        limits: { cached-size: 1000B, responses-per-second: 7 }
        local:
          records: ["printer.home.example 300 IN TXT \\"a b\\""]
          hosts: [/etc/hosts]
          allow: [good.example]
          rpz: { threats: { file: /srv/threats.zone } }
          lists: { ads: { file: /srv/ads.txt, action: refused, reason: censored } }
        admin: { listen: "192.0.2.1:9999", token-file: "/etc/holdfast/a token" }
        log: { format: json, level: warn }
        """
      })
  void yaml_readBack_isTheSameConfiguration(String text) throws InvalidConfigException {
    HoldfastConfig config = reader.readText("holdfast.yaml", text, List.of());

    String yaml = EffectiveConfig.yaml(config);

    assertThat(reader.readText("effective.yaml", yaml, List.of())).isEqualTo(config);
  }

  @Test
  void map_ofTheDefaults_hasEveryKeyOfTheReader() throws InvalidConfigException {
    List<String> keys = new ArrayList<>();
    collect("", EffectiveConfig.map(reader.read(null, List.of())), keys);

    assertThat(keys).containsExactlyInAnyOrderElementsOf(reader.keys());
  }

  private static void collect(String path, Map<?, ?> section, List<String> keys) {
    section.forEach(
        (key, value) -> {
          keys.add(path + key);
          if (value instanceof Map<?, ?> inner) {
            collect(path + key + ".", inner, keys);
          }
        });
  }
}
