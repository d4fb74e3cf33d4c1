package dev.holdfast.cli;

import dev.holdfast.StartException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Runs the server in the foreground until the process is told to stop. */
final class RunCommand implements Callable<Integer> {

  private final ForegroundServer server;
  private final ConfigOptions options;
  private final OptionSpec demo =
      OptionSpec.builder(ForegroundServer.DEMO_OPTION)
          .type(boolean.class)
          .arity("0")
          .description("Ask embedded upstreams with a small zone; needs no network.")
          .build();
  private final OptionSpec replace =
      OptionSpec.builder(ForegroundServer.REPLACE_OPTION)
          .type(boolean.class)
          .arity("0")
          .description(
              "Take the place of the server that runs with the same state folder, losing no query.")
          .build();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  RunCommand(ForegroundServer server) {
    this.server = server;
    options = new ConfigOptions(server.machine(), server.installedConfig());
    spec.usageMessage().description("Run the server in the foreground. Options override the file.");
    options.addTo(spec);
    spec.addOption(replace).addOption(demo).addOption(Main.helpOption());
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws StartException, InterruptedException {
    ConfigChoice choice = options.choice();
    boolean embedded = Boolean.TRUE.equals(demo.getValue());
    if (embedded && choice.names(ConfigOption.UPSTREAM)) {
      throw new ParameterException(
          spec.commandLine(), "--demo brings its own upstreams: leave out --upstream");
    }
    return server.run(
        choice,
        embedded,
        Boolean.TRUE.equals(replace.getValue()),
        spec.commandLine().getOut(),
        spec.commandLine().getErr());
  }
}
