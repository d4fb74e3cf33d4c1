package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The file that operators get says what the program does. */
class ShippedFileTest {

  private static final Path FILE = Path.of("../conf/holdfast.yaml");

  private final ConfigReader reader = new ConfigReader(new FakeMachine("127.0.0.1", "::1"));

  @Test
  void read_asShipped_givesTheDefaultsAndHoldsCloudNames() throws InvalidConfigException {
    HoldfastConfig shipped = reader.read(FILE, List.of());

    assertThat(shipped.hold().zones())
        .contains(new HoldConfig.Zone("amazonaws.com.", HoldMode.ENFORCE))
        .allMatch(zone -> zone.mode() == HoldMode.ENFORCE);
    assertThat(shipped)
        .usingRecursiveComparison()
        .ignoringFields("hold.zones")
        .isEqualTo(reader.read(null, List.of()));
  }

  @Test
  void readText_uncommented_givesTheDefaults() throws IOException, InvalidConfigException {
    assertThat(reader.readText("holdfast.yaml", uncommented(), List.of()))
        .usingRecursiveComparison()
        .ignoringFields("hold.zones")
        .isEqualTo(reader.read(null, List.of()));
  }

  @Test
  void file_everyKeyOfTheReader_isThere() throws IOException, InvalidConfigException {
    List<String> keys = reader.keys();

    assertThat(keys).hasSizeGreaterThan(30);
    for (String key : keys) {
      String last = key.substring(key.lastIndexOf('.') + 1);
      assertThat(uncommented()).containsPattern("(?m)^ *" + Pattern.quote(last) + ":");
    }
  }

  /** Takes the # from every line but prose, which has one space after it. */
  private static String uncommented() throws IOException {
    return Files.readString(FILE).replaceAll("(?m)^#(?! \\S|$)", "");
  }
}
