package dev.holdfast.cli;

import dev.holdfast.StartException;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import dev.holdfast.log.LogSetup;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Runs the server in the foreground until the process is told to stop. */
final class RunCommand implements Callable<Integer> {

  private final Server.Starter starter;
  private final ConfigOptions options;
  private final OptionSpec demo =
      OptionSpec.builder("--demo")
          .type(boolean.class)
          .arity("0")
          .description("Ask embedded upstreams with a small zone; needs no network.")
          .build();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  RunCommand(Machine machine, Path installedConfig, Server.Starter starter) {
    this.starter = starter;
    options = new ConfigOptions(machine, installedConfig);
    spec.usageMessage().description("Run the server in the foreground. Options override the file.");
    options.addTo(spec);
    spec.addOption(demo).addOption(Main.helpOption());
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws StartException, InterruptedException {
    boolean embedded = Boolean.TRUE.equals(demo.getValue());
    if (embedded && options.namesUpstreams()) {
      throw new ParameterException(
          spec.commandLine(), "--demo brings its own upstreams: leave out --upstream");
    }
    PrintWriter err = spec.commandLine().getErr();
    HoldfastConfig config;
    try {
      config = options.read();
    } catch (InvalidConfigException refused) {
      refused.problems().forEach(err::println);
      err.println("holdfast: not started");
      return ConfigOptions.exitCode(refused);
    }
    LogSetup.use(config.log());
    try (Server server = starter.start(config, embedded)) {
      serve(server, spec.commandLine().getOut());
    }
    return Main.OK;
  }

  /**
   * Being told to stop is no failure: the process then exits with 0, not with the signal's code.
   */
  private static void serve(Server server, PrintWriter out) throws InterruptedException {
    Thread stop =
        new Thread(
            () -> {
              server.close();
              LogSetup.close();
              Runtime.getRuntime().halt(Main.OK);
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    server.greeting().forEach(out::println);
    server.awaitStop();
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException stopping) {
      stop.join();
    }
  }
}
