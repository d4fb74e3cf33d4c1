package dev.holdfast.cli;

import dev.holdfast.StartException;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import dev.holdfast.log.LogSetup;
import java.io.PrintWriter;
import java.nio.file.Path;

/** The server in the foreground, until the process is told to stop. */
record ForegroundServer(Machine machine, Path installedConfig, Server.Starter starter) {

  static final String DEMO_OPTION = "--demo";

  /** Serves until the process is told to stop; returns its exit code. */
  int run(ConfigChoice choice, boolean demo, PrintWriter out, PrintWriter err)
      throws StartException, InterruptedException {
    HoldfastConfig config;
    try {
      config = choice.read(machine, installedConfig);
    } catch (InvalidConfigException refused) {
      refused.problems().forEach(err::println);
      err.println("holdfast: not started");
      return ConfigChoice.exitCode(refused);
    }
    LogSetup.use(config.log());
    try (Server server = starter.start(config, demo)) {
      serve(server, out);
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
