package dev.holdfast.cli;

import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options that choose a configuration file and override what it says. */
final class ConfigOptions {

  private final Machine machine;
  private final Path installed;
  private final OptionSpec file;
  private final Map<ConfigOption, OptionSpec> overriding = new EnumMap<>(ConfigOption.class);

  ConfigOptions(Machine machine, Path installed) {
    this.machine = machine;
    this.installed = installed;
    String fallback = "Read this file. Without it: " + installed + ", where that exists.";
    file = option(ConfigChoice.FILE_OPTION, "FILE", fallback).type(String.class).build();
    for (ConfigOption each : ConfigOption.values()) {
      OptionSpec.Builder option = option(each.option(), each.label(), each.description());
      overriding.put(
          each,
          each.repeatable()
              ? option.type(List.class).auxiliaryTypes(String.class).build()
              : option.type(String.class).build());
    }
  }

  void addTo(CommandSpec command) {
    command.addOption(file);
    overriding.values().forEach(command::addOption);
  }

  /** The file that is read, or null when there is none. */
  @Nullable Path file() {
    return choice().file(installed);
  }

  /** What was chosen. */
  ConfigChoice choice() {
    ConfigChoice choice = new ConfigChoice(file.getValue());
    overriding.forEach(
        (option, spec) -> {
          Object value = spec.getValue();
          if (value instanceof List<?> values) {
            values.forEach(each -> choice.add(option, String.valueOf(each)));
          } else if (value != null) {
            choice.add(option, value.toString());
          }
        });
    return choice;
  }

  /** Reads the configuration that the options choose. */
  HoldfastConfig read() throws InvalidConfigException {
    return choice().read(machine, installed);
  }

  private static OptionSpec.Builder option(String name, String label, String description) {
    return OptionSpec.builder(name).arity("1").paramLabel(label).description(description);
  }
}
