package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConfigChangeTest {

  private final ConfigReader reader = new ConfigReader(new FakeMachine("127.0.0.1"));

  @Test
  void values_everyKeyOfTheReader_isThere() throws Exception {
    List<String> keys = new ArrayList<>(reader.keys());
    keys.removeIf(key -> keys.stream().anyMatch(other -> other.startsWith(key + ".")));

    assertThat(EffectiveConfig.lines(reader.read(null, List.of())).keySet())
        .containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void between_equal_isEmpty() throws Exception {
    assertThat(ConfigChange.between(read(), read())).isEmpty();
  }

  @Test
  void between_different_namesEachKeyWithBothValues() throws Exception {
    List<ConfigChange> changes =
        ConfigChange.between(
            read("cache.max-size=64MiB"),
            read(
                "threads=3",
                "stale.answer-ttl=5s",
                "cache.max-size=1GiB",
                "zones.corp.example.upstreams=192.0.2.1",
                "admin.listen=off"));

    assertThat(changes)
        .map(ConfigChange::toString)
        .containsExactly(
            "threads: auto -> 3",
            "zones: [] -> [corp.example.: [192.0.2.1:53]]",
            "cache.max-size: 64MiB -> 1GiB",
            "stale.answer-ttl: 30s -> 5s",
            "admin.listen: 127.0.0.1:9153 -> off");
    assertThat(changes)
        .filteredOn(ConfigChange::needsRestart)
        .map(ConfigChange::key)
        .containsExactly("threads", "admin.listen");
  }

  private HoldfastConfig read(String... assignments) throws InvalidConfigException {
    return reader.read(null, Stream.of(assignments).map(OptionSetting::set).toList());
  }
}
