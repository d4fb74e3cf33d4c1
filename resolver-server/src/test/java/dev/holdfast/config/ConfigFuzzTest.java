package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a file holds, the outcome is a configuration or problems that can be printed. What is
 * accepted is read again as the same when it is written down.
 */
final class ConfigFuzzTest {

  private static final int MAX_LENGTH = 4096;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f]");

  private final ConfigReader reader = new ConfigReader(new FakeMachine("127.0.0.1"));

  static Stream<byte[]> seeds() {
    return Seeds.text(ConfigFuzzTest.class);
  }

  @MethodSource("seeds")
  @FuzzTest
  void readText_anyText_isAConfigurationOrProblems(byte[] input) {
    if (input.length > MAX_LENGTH) {
      return;
    }
    HoldfastConfig config;
    try {
      config = reader.readText("f.yaml", new String(input, StandardCharsets.UTF_8), List.of());
    } catch (InvalidConfigException refused) {
      assertThat(refused.problems()).isNotEmpty();
      assertThat(refused.getMessage()).doesNotContainPattern(UNPRINTABLE);
      return;
    }
    String written = EffectiveConfig.yaml(config);
    assertThat(EffectiveConfig.yaml(again(written))).isEqualTo(written);
  }

  private HoldfastConfig again(String written) {
    try {
      return reader.readText("written.yaml", written, List.of());
    } catch (InvalidConfigException refused) {
      throw new AssertionError("what was accepted is refused:\n" + written, refused);
    }
  }
}
