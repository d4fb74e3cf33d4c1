package dev.holdfast.kubernetes;

import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The configuration in a ConfigMap, read as the server does. */
final class Configurations {

  private Configurations() {}

  static HoldfastConfig read(List<Manifest> manifests, Path folder) throws IOException {
    Object text = Manifest.only(manifests, "ConfigMap").at("data").get("holdfast.yaml");
    Path file = Files.writeString(folder.resolve("holdfast.yaml"), String.valueOf(text));
    try {
      return new ConfigReader(Machine.local()).read(file, List.of());
    } catch (InvalidConfigException e) {
      throw new AssertionError(e.problems().toString(), e);
    }
  }
}
