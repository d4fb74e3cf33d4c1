package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.FakeMachine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a service manager sees of a running server. */
@DisabledOnOs(OS.WINDOWS)
class SignalTest {

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

  private static Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Waiting.class.getName())
        .redirectErrorStream(true)
        .start();
  }

  /** The program with a server that runs until it is told to stop. */
  static final class Waiting {

    private Waiting() {}

    public static void main(String[] arguments) throws IOException {
      PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
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
            public void close() {
              out.println("closed");
            }
          };
      Server.Starter starter = start -> server;
      System.exit(
          Main.run(
              new ForegroundServer(new FakeMachine("127.0.0.1"), Path.of("/nonexistent"), starter),
              out,
              out,
              "run"));
    }
  }
}
