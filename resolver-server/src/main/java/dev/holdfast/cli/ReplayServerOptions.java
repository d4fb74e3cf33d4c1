package dev.holdfast.cli;

import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.replay.CommandServer;
import dev.holdfast.replay.HoldfastServers;
import dev.holdfast.replay.Peer;
import dev.holdfast.replay.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The options that choose which server is replayed against. */
final class ReplayServerOptions {

  /** What the shipped configuration says of the day's name, for where there is none to read. */
  private static final String SHIPPED_HOLD = "hold.zones={ \"amazonaws.com\": enforce }";

  private final Machine machine;
  private final Path installedConfig;
  private final CommandSpec spec;
  private final OptionSpec serverCommand =
      single(
          "--server-command",
          "CMD",
          "Play against the server that this command starts. {port}, {upstream1}, {upstream2},"
              + " {port1}, {port2} and {dir} are replaced in it.");
  private final OptionSpec peer =
      single("--peer", "NAME", "Play against an installed resolver: " + Peer.labels() + ".");
  private final OptionSpec label =
      single("--label", "TEXT", "What the server is called in the results.");
  private final OptionSpec set =
      OptionSpec.builder("--set")
          .type(List.class)
          .auxiliaryTypes(String.class)
          .arity("1")
          .paramLabel("KEY=VALUE")
          .description("Set any key of the configuration this server is played with. Repeatable.")
          .build();

  ReplayServerOptions(Machine machine, Path installedConfig, CommandSpec spec) {
    this.machine = machine;
    this.installedConfig = installedConfig;
    this.spec = spec;
    spec.addOption(serverCommand).addOption(peer).addOption(label).addOption(set);
  }

  /** Whether it is this program's own server. */
  boolean isOwn() {
    return serverCommand.getValue() == null && peer.getValue() == null;
  }

  /** What the server is called in results. */
  String name(ServerUnderTest.Starter starter) {
    String given = label.getValue();
    return given == null ? starter.label() : given;
  }

  ServerUnderTest.Starter starter() {
    String command = serverCommand.getValue();
    String peerName = peer.getValue();
    if (command != null && peerName != null) {
      throw usage("--server-command and --peer (expected one of them)");
    }
    if (!settings().isEmpty() && !isOwn()) {
      throw usage("--set (expected without another server: it has no such keys)");
    }
    if (peerName != null) {
      Peer named = Peer.named(peerName);
      if (named == null) {
        throw usage("--peer: " + peerName + " (expected one of " + Peer.labels() + ")");
      }
      return named;
    }
    return command == null
        ? new HoldfastServers(settings())
        : new CommandServer(command.strip().split("\\s+", 2)[0], command);
  }

  /** The shipped configuration where it can be found; what it says of the day is the same. */
  HoldfastConfig dayConfig() throws IOException {
    boolean shipped = Files.isReadable(installedConfig);
    List<OptionSetting> options = new ArrayList<>();
    if (!shipped) {
      options.add(OptionSetting.set(SHIPPED_HOLD));
    }
    settings().forEach(each -> options.add(OptionSetting.set(each)));
    try {
      return new ConfigReader(machine).read(shipped ? installedConfig : null, options);
    } catch (InvalidConfigException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private List<String> settings() {
    List<String> given = set.getValue();
    return given == null ? List.of() : given;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** An option with one value. */
  static OptionSpec single(String name, String label, String description) {
    return OptionSpec.builder(name)
        .arity("1")
        .type(String.class)
        .paramLabel(label)
        .description(description)
        .build();
  }
}
