package dev.holdfast.e2e;

import dev.holdfast.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program that runs beside the test until it is closed. What it prints is kept in two files.
 * Confined to one thread.
 */
final class ChildProcess implements AutoCloseable {

  /** Far beyond what any program here takes. */
  private static final long LIMIT_SECONDS = 60;

  /** With one of these a Java tells on standard error that it has seen it. */
  private static final Set<String> JAVA_VARIABLES =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private final List<String> command;
  private final Path out;
  private final Path err;
  private final Process process;

  /** How a program ended, and what it printed to standard output and to standard error. */
  record Ended(int status, String out, String err) {}

  private ChildProcess(List<String> command, Path out, Path err) throws IOException {
    this.command = command;
    this.out = out;
    this.err = err;
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(JAVA_VARIABLES);
    this.process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
  }

  /** Starts a program; its output goes to {@code folder}. */
  static ChildProcess start(Path folder, List<String> command) throws IOException {
    return new ChildProcess(
        command,
        Files.createTempFile(folder, "program", ".out"),
        Files.createTempFile(folder, "program", ".err"));
  }

  /** Runs a program to its end. */
  static Ended run(Path folder, List<String> command) throws Exception {
    try (ChildProcess child = start(folder, command)) {
      return child.awaitEnd();
    }
  }

  /** Waits for the program to end by itself. */
  Ended awaitEnd() throws Exception {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(this + " did not end");
    }
    return new Ended(process.exitValue(), read(out), read(err));
  }

  /** Waits until standard output contains {@code pattern} and returns its first group. */
  String awaitOutput(Pattern pattern) throws Exception {
    Matcher found =
        Await.value(
            pattern + " from " + this,
            () -> {
              boolean ended = !process.isAlive();
              Matcher matcher = pattern.matcher(read(out));
              if (matcher.find()) {
                return matcher;
              }
              if (ended) {
                throw new AssertionError(this + " ended with " + process.exitValue());
              }
              return null;
            });
    return found.group(found.groupCount() == 0 ? 0 : 1);
  }

  /** Whether it still runs. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** The processes that this one started and that still run. */
  List<ProcessHandle> children() {
    return process.children().toList();
  }

  /** Asks the program to stop, as a service manager does. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** Stops the program and waits for its end. */
  @Override
  public void close() {
    process.destroyForcibly();
    boolean interrupted = false;
    try {
      process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The program with what it printed so far. */
  @Override
  public String toString() {
    try {
      return command + " which printed\n" + read(out) + read(err);
    } catch (IOException e) {
      return command + " whose output cannot be read: " + e;
    }
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
