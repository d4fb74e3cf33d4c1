package dev.holdfast.cli;

import dev.holdfast.config.FakeMachine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

/** The holdfast program inside a test, with what it printed. */
final class Program {

  final FakeServer server = new FakeServer();
  private final Path installedConfig;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  Program() {
    this(Path.of("/nonexistent/holdfast.yaml"));
  }

  Program(Path installedConfig) {
    this.installedConfig = installedConfig;
  }

  /** Runs the program and returns its exit code. */
  int run(String... arguments) {
    return Main.run(
        new ForegroundServer(
            new FakeMachine("127.0.0.1"), installedConfig, server, /* firstProcess= */ false),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        arguments);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
