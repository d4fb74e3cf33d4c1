package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainRunTest {

  @Test
  void parse_knownOptions_areTaken() {
    assertThat(parse("run --config /srv/h.yaml --listen=127.0.0.1:53 --listen 127.0.0.2:53 --demo"))
        .isNotNull()
        .satisfies(
            run -> {
              assertThat(run.demo()).isTrue();
              assertThat(run.choice().file(Path.of("/etc/other.yaml"))).hasToString("/srv/h.yaml");
              assertThat(run.choice().names(ConfigOption.LISTEN)).isTrue();
              assertThat(run.choice().names(ConfigOption.THREADS)).isFalse();
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "check",
        "run --help",
        "run -h",
        "run extra",
        "run --listen",
        "run --listen=",
        "run --listen --demo",
        "run --unknown x",
        "run --threads 1 --threads 2",
        "run --config a --config b",
        "run --demo --upstream 192.0.2.1",
        "run --demo=true",
      })
  void parse_anythingElse_isLeftToTheLibrary(String line) {
    assertThat(parse(line)).isNull();
  }

  private static @Nullable PlainRun parse(String line) {
    return PlainRun.parse(line.isEmpty() ? new String[0] : line.split(" "));
  }
}
