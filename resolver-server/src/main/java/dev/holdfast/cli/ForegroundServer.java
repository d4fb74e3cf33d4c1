package dev.holdfast.cli;

import dev.holdfast.StartException;
import dev.holdfast.config.ConfigSource;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import dev.holdfast.log.LogSetup;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * The server in the foreground, until the process is told to stop.
 *
 * @param firstProcess whether this is process 1, the end of which ends its container
 */
record ForegroundServer(
    Machine machine, Path installedConfig, Server.Starter starter, boolean firstProcess) {

  static final String DEMO_OPTION = "--demo";
  static final String REPLACE_OPTION = "--replace";

  /** Serves until the process is told to stop; returns its exit code. */
  int run(ConfigChoice choice, boolean demo, boolean replace, PrintWriter out, PrintWriter err)
      throws StartException, InterruptedException {
    ConfigSource source = () -> choice.read(machine, installedConfig);
    try (Server server = starter.start(new Server.Start(source, demo, replace))) {
      serve(server, out);
      return Main.OK;
    } catch (InvalidConfigException refused) {
      refused.problems().forEach(err::println);
      err.println("holdfast: not started");
      return ConfigChoice.exitCode(refused);
    }
  }

  /**
   * Being told to stop is no failure: the process then exits with 0, not with the signal's code.
   */
  private void serve(Server server, PrintWriter out) throws InterruptedException {
    Thread stop =
        new Thread(
            () -> {
              server.close();
              LogSetup.close();
              Runtime.getRuntime().halt(Main.OK);
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    HangUp.handle(server::reload);
    server.greeting().forEach(out::println);
    server.awaitStop();
    if (firstProcess) {
      awaitEnd(out);
    }
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException stopping) {
      stop.join();
    }
  }

  /**
   * Waits to be told to stop after another process has taken over. If this one ended, what runs its
   * container would start it anew, beside its successor.
   */
  private static void awaitEnd(PrintWriter out) throws InterruptedException {
    out.println("replaced, waits as process 1 until its container is stopped");
    new CountDownLatch(1).await();
  }
}
