package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.FakeMachine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a service manager sees of a running server. */
@DisabledOnOs(OS.WINDOWS)
class SignalTest {

  private static final String REPLACED = "replaced";

  @Test
  void run_terminated_closesTheServerAndExitsWithZero() throws Exception {
    Process process = start();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("serving");

      process.toHandle().destroy();

      assertThat(output.lines()).containsExactly("closed");
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void run_hungUp_reloadsAndGoesOn() throws Exception {
    Process process = start();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("serving");

      new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();

      assertThat(output.readLine()).isEqualTo("reloaded");
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void run_replacedAsFirstProcess_waitsToBeTerminated() throws Exception {
    Process process = start(REPLACED);
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("serving");
      assertThat(output.readLine()).startsWith("replaced, waits as process 1");
      assertThat(process.isAlive()).isTrue();

      process.toHandle().destroy();

      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Waiting.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** The program with a server that runs until it is told to stop, or is replaced at once. */
  static final class Waiting {

    private Waiting() {}

    public static void main(String[] arguments) throws IOException {
      PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
      boolean replaced = List.of(arguments).contains(REPLACED);
      Server server =
          new Server() {
            @Override
            public List<String> greeting() {
              return List.of("serving");
            }

            @Override
            public void reload() {
              out.println("reloaded");
            }

            @Override
            public void awaitStop() throws InterruptedException {
              if (!replaced) {
                Server.super.awaitStop();
              }
            }

            @Override
            public void close() {
              out.println("closed");
            }
          };
      Server.Starter starter = start -> server;
      System.exit(
          Main.run(
              new ForegroundServer(
                  new FakeMachine("127.0.0.1"), Path.of("/nonexistent"), starter, replaced),
              out,
              out,
              "run"));
    }
  }
}
