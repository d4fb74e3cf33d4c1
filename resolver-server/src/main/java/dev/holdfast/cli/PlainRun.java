package dev.holdfast.cli;

import dev.holdfast.StartException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * The run command as services and people mostly write it: known options with their values. It is
 * read without the library for command lines, whose classes take as long to load as all others
 * together; whatever is not plain is left to that library, and to its messages.
 */
final class PlainRun {

  private static final String COMMAND = "run";

  private final ConfigChoice choice = new ConfigChoice(null);
  private boolean demo;
  private boolean replace;

  private PlainRun() {}

  /** Reads the arguments of the program; null when they are not plain. */
  static @Nullable PlainRun parse(String[] arguments) {
    if (arguments.length == 0 || !arguments[0].equals(COMMAND)) {
      return null;
    }
    PlainRun run = new PlainRun();
    for (int i = 1; i < arguments.length; i++) {
      String argument = arguments[i];
      int equals = argument.indexOf('=');
      if (argument.equals(ForegroundServer.DEMO_OPTION)) {
        run.demo = true;
      } else if (argument.equals(ForegroundServer.REPLACE_OPTION)) {
        run.replace = true;
      } else if (equals > 0) {
        if (!run.take(argument.substring(0, equals), argument.substring(equals + 1))) {
          return null;
        }
      } else if (++i == arguments.length || !run.take(argument, arguments[i])) {
        return null;
      }
    }
    return run.demo && run.choice.names(ConfigOption.UPSTREAM) ? null : run;
  }

  private boolean take(String name, String value) {
    if (value.isEmpty() || value.startsWith("-")) {
      return false;
    }
    if (name.equals(ConfigChoice.FILE_OPTION) && !choice.namesFile()) {
      choice.setFile(value);
      return true;
    }
    for (ConfigOption option : ConfigOption.values()) {
      if (option.option().equals(name) && (option.repeatable() || !choice.names(option))) {
        choice.add(option, value);
        return true;
      }
    }
    return false;
  }

  /** Serves until the process is told to stop; returns its exit code. */
  int run(ForegroundServer server, PrintWriter out, PrintWriter err) {
    try {
      return server.run(choice, demo, replace, out, err);
    } catch (StartException | InterruptedException | RuntimeException problem) {
      Failures.print(problem, err);
      return Main.FAILURE;
    }
  }

  ConfigChoice choice() {
    return choice;
  }

  boolean demo() {
    return demo;
  }
}
