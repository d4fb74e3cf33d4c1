package dev.holdfast.cli;

import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.config.Origin.InOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which configuration file the command line names, and what overrides it. */
final class ConfigChoice {

  static final String FILE_OPTION = "--config";

  private final Map<ConfigOption, List<String>> values = new EnumMap<>(ConfigOption.class);
  private @Nullable String file;

  /** Nothing chosen yet but the file, if one is named. */
  ConfigChoice(@Nullable String file) {
    this.file = file;
  }

  void setFile(String named) {
    file = named;
  }

  void add(ConfigOption option, String value) {
    values.computeIfAbsent(option, none -> new ArrayList<>()).add(value);
  }

  boolean names(ConfigOption option) {
    return values.containsKey(option);
  }

  boolean namesFile() {
    return file != null;
  }

  /** The file that is read, or null when there is none; {@code installed} is read by default. */
  @Nullable Path file(Path installed) {
    if (file != null) {
      return Path.of(file);
    }
    return Files.exists(installed) ? installed : null;
  }

  /** Reads the configuration that was chosen. */
  HoldfastConfig read(Machine machine, Path installed) throws InvalidConfigException {
    List<OptionSetting> settings = new ArrayList<>();
    values.forEach(
        (option, given) -> {
          if (option == ConfigOption.SET) {
            given.forEach(assignment -> settings.add(OptionSetting.set(assignment)));
          } else {
            settings.add(new OptionSetting(option.option(), option.key(), given));
          }
        });
    return new ConfigReader(machine).read(file(installed), settings);
  }

  /** What to exit with: a bad option is a wrong call, a bad file a failure. */
  static int exitCode(InvalidConfigException refused) {
    boolean badOption =
        refused.problems().stream().anyMatch(problem -> problem.origin() instanceof InOption);
    return badOption ? Main.USAGE : Main.FAILURE;
  }
}
