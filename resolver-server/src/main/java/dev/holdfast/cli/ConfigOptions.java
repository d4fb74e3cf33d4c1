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
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options that choose a configuration file and override what it says. */
final class ConfigOptions {

  private static final String UPSTREAMS_KEY = "upstreams";

  private final Machine machine;
  private final Path installed;
  private final OptionSpec file;
  private final List<OverridingOption> overriding =
      List.of(
          new OverridingOption(
              "listen",
              list(
                  "--listen",
                  "ADDR:PORT",
                  "Serve clients on this address, over UDP and TCP. Repeatable.")),
          new OverridingOption(
              UPSTREAMS_KEY,
              list(
                  "--upstream",
                  "SPEC",
                  "Ask this server: 192.0.2.53, 192.0.2.53:5300 or tcp://192.0.2.53. Repeatable.")),
          new OverridingOption(
              "threads", single("--threads", "N", "Threads that answer, or auto.")),
          new OverridingOption(
              "state-dir", single("--state-dir", "DIR", "Keep here what survives a restart.")),
          new OverridingOption(
              "admin.listen",
              single("--admin", "ADDR:PORT", "Serve metrics and control here, or off.")));
  private final OptionSpec set = list("--set", "KEY=VALUE", "Set any key of the file. Repeatable.");

  /** An option and the key of the file that it sets. */
  private record OverridingOption(String key, OptionSpec option) {

    List<String> values() {
      Object value = option.getValue();
      if (value instanceof List<?> values) {
        return values.stream().map(String::valueOf).toList();
      }
      return value == null ? List.of() : List.of(value.toString());
    }
  }

  ConfigOptions(Machine machine, Path installed) {
    this.machine = machine;
    this.installed = installed;
    file =
        single(
            "--config",
            "FILE",
            "Read this file. Without it: " + installed + ", where that exists.");
  }

  void addTo(CommandSpec command) {
    command.addOption(file);
    overriding.forEach(each -> command.addOption(each.option()));
    command.addOption(set);
  }

  /** The file that is read, or null when there is none. */
  @Nullable Path file() {
    String named = file.getValue();
    if (named != null) {
      return Path.of(named);
    }
    return Files.exists(installed) ? installed : null;
  }

  /** Reads the configuration that the options choose. */
  HoldfastConfig read() throws InvalidConfigException {
    List<OptionSetting> settings = new ArrayList<>();
    for (OverridingOption each : overriding) {
      List<String> values = each.values();
      if (!values.isEmpty()) {
        settings.add(new OptionSetting(each.option().longestName(), each.key(), values));
      }
    }
    List<String> assignments = set.getValue();
    if (assignments != null) {
      assignments.forEach(assignment -> settings.add(OptionSetting.set(assignment)));
    }
    return new ConfigReader(machine).read(file(), settings);
  }

  /** What to exit with: a bad option is a wrong call, a bad file a failure. */
  static int exitCode(InvalidConfigException refused) {
    boolean badOption =
        refused.problems().stream().anyMatch(problem -> problem.origin() instanceof InOption);
    return badOption ? Main.USAGE : Main.FAILURE;
  }

  /** Whether upstreams were named with an option. */
  boolean namesUpstreams() {
    return overriding.stream()
        .anyMatch(each -> each.key().equals(UPSTREAMS_KEY) && !each.values().isEmpty());
  }

  private static OptionSpec single(String name, String label, String description) {
    return option(name, label, description).type(String.class).build();
  }

  private static OptionSpec list(String name, String label, String description) {
    return option(name, label, description).type(List.class).auxiliaryTypes(String.class).build();
  }

  private static OptionSpec.Builder option(String name, String label, String description) {
    return OptionSpec.builder(name).arity("1").paramLabel(label).description(description);
  }
}
