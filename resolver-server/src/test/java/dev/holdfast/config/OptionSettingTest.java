package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.upstream.RouteConfig;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionSettingTest {

  private static final String FILE =
      """
      listen: "127.0.0.1:53"
      cache: { max-ttl: 1h, min-ttl: 1m }
      zones: { a.example: { upstreams: 192.0.2.1 } }
      """;

  private final ConfigReader reader = new ConfigReader(new FakeMachine("127.0.0.1"));

  @Test
  void set_keyOfTheFile_overridesItAlone() throws InvalidConfigException {
    HoldfastConfig config = read("cache.max-ttl=2h");

    assertThat(config.cache().maxTtl()).isEqualTo(Duration.ofHours(2));
    assertThat(config.cache().minTtl()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void set_wholeSection_replacesThatOfTheFile() throws InvalidConfigException {
    assertThat(read("zones={b.example: {upstreams: [192.0.2.2]}}").zones())
        .extracting(RouteConfig::suffix)
        .containsExactly("b.example.");
    assertThat(read("zones={}").zones()).isEmpty();
    assertThat(read("zones={}", "zones.c.example.upstreams=192.0.2.3").zones())
        .extracting(RouteConfig::suffix)
        .containsExactly("c.example.");
  }

  @Test
  void set_twice_lastWins() throws InvalidConfigException {
    assertThat(read("threads=1", "threads=2").threads()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "listen=[::1]:53,127.0.0.2",
        "listen=[\"[::1]:53\", 127.0.0.2]",
        "listen=[::1], 127.0.0.2:53",
      })
  void set_list_takesCommasAndYaml(String assignment) throws InvalidConfigException {
    assertThat(read(assignment).listen())
        .extracting(address -> address.getAddress().isLoopbackAddress())
        .containsExactly(true, true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zones.b.example.upstreams=192.0.2.2",
        "zones.\"b.example\".upstreams=192.0.2.2",
        "zones.b.example={upstreams: [192.0.2.2]}",
      })
  void set_zone_addsToTheZonesOfTheFile(String assignment) throws InvalidConfigException {
    assertThat(read(assignment).zones())
        .extracting(route -> route.suffix() + route.upstreams())
        .containsExactly("a.example.[192.0.2.1:53]", "b.example.[192.0.2.2:53]");
  }

  @Test
  void option_severalValues_replaceTheList() throws InvalidConfigException {
    OptionSetting upstreams =
        new OptionSetting("--upstream", "upstreams", List.of("192.0.2.1", "192.0.2.2"));

    assertThat(reader.readText("f.yaml", FILE, List.of(upstreams)).upstreams())
        .hasToString("[192.0.2.1:53, 192.0.2.2:53]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cache.max-size=64MB | --set cache.max-size: 64MB (expected a number with",
        "cache.mx-size=64MiB | --set cache.mx-size: unknown key. Did you mean \"max-size\"?",
        "cache=1 | --set cache: 1 (expected a section with keys of its own)",
        "cache..x=1 | --set cache..x: 1 (expected KEY=VALUE",
        "=1 | --set: =1 (expected KEY=VALUE",
        "listen=127.0.0.1,x | --set listen: x (expected an address such as",
        "zones.b.example=1 | --set zones.b.example: 1 (expected a section",
      })
  void set_mistake_isReportedAtTheOption(String assignment, String problem) {
    assertThatThrownBy(() -> read(assignment)).message().startsWith(problem);
  }

  private HoldfastConfig read(String... assignments) throws InvalidConfigException {
    return reader.readText("f.yaml", FILE, Stream.of(assignments).map(OptionSetting::set).toList());
  }
}
