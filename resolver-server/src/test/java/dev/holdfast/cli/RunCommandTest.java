package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.StartException;
import dev.holdfast.config.HoldfastConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {

  @TempDir Path folder;

  @Test
  void call_noOptions_startsWithTheDefaults() {
    Program program = new Program();

    assertThat(program.run("run")).isZero();
    assertThat(program.server.started)
        .singleElement()
        .satisfies(
            config -> {
              assertThat(config.listen()).hasToString("[/127.0.0.1:5353]");
              assertThat(config.upstreams()).isEmpty();
            });
    assertThat(program.server.demo).isFalse();
    assertThat(program.server.closed).isOne();
    assertThat(program.out().lines()).containsExactly("serving", "asking");
    assertThat(program.err()).isEmpty();
  }

  @Test
  void call_options_overrideTheFile() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("holdfast.yaml"),
            """
            listen: "127.0.0.1:5300"
            threads: 1
            upstreams: [192.0.2.1]
            stale: { max-age: 2d, answer-ttl: 5s }
            """);
    Program program = new Program();

    int exit =
        program.run(
            "run",
            "--config=" + file,
            "--listen=127.0.0.1:5301",
            "--listen=127.0.0.2:5301",
            "--upstream=192.0.2.2",
            "--upstream=tcp://192.0.2.3",
            "--threads=2",
            "--state-dir=/srv/state",
            "--admin=off",
            "--set=stale.max-age=3d",
            "--set=cache.prefetch=false");

    assertThat(exit).as(program.err()).isZero();
    HoldfastConfig config = program.server.started.getFirst();
    assertThat(config.listen()).hasToString("[/127.0.0.1:5301, /127.0.0.2:5301]");
    assertThat(config.upstreams()).hasToString("[192.0.2.2:53, tcp://192.0.2.3:53]");
    assertThat(config.threads()).isEqualTo(2);
    assertThat(config.stateDir()).isEqualTo(Path.of("/srv/state"));
    assertThat(config.admin().listen()).isNull();
    assertThat(config.stale().maxAge()).hasDays(3);
    assertThat(config.stale().answerTtl()).hasSeconds(5);
    assertThat(config.cache().prefetch()).isFalse();
  }

  @Test
  void call_installedFile_isReadUnlessAnotherIsNamed() throws IOException {
    Path installed = Files.writeString(folder.resolve("installed.yaml"), "threads: 3");
    Path other = Files.writeString(folder.resolve("other.yaml"), "threads: 4");
    Program program = new Program(installed);

    program.run("run");
    program.run("run", "--config", other.toString());

    assertThat(program.server.started).extracting(HoldfastConfig::threads).containsExactly(3, 4);
  }

  @Test
  void call_demo_isPassedOn() {
    Program program = new Program();

    assertThat(program.run("run", "--demo")).isZero();
    assertThat(program.server.demo).isTrue();
  }

  @Test
  void call_badConfiguration_printsEveryProblemAndStartsNothing() throws IOException {
    Path file =
        Files.writeString(folder.resolve("f.yaml"), "thread: 1\naccess:\n  open: perhaps\n");
    Program program = new Program();

    assertThat(program.run("run", "--config", file.toString(), "--listen", "nowhere"))
        .isEqualTo(Main.USAGE);
    assertThat(program.err().lines())
        .containsExactly(
            file + ":1:1: thread: unknown key. Did you mean \"threads\"?",
            file + ":3:9: access.open: perhaps (expected true or false)",
            "--listen: nowhere (expected an address such as 192.0.2.1, 192.0.2.1:5353 or"
                + " [2001:db8::1]:5353)",
            "holdfast: not started");
    assertThat(program.server.started).isEmpty();
    assertThat(program.out()).isEmpty();
  }

  @Test
  void call_serverRefusesToStart_printsItsReasonsAlone() {
    Program program = new Program();
    program.server.refusal = new StartException("cannot listen on A\ncannot listen on B");

    assertThat(program.run("run")).isOne();
    assertThat(program.err().lines())
        .containsExactly("holdfast: cannot listen on A", "holdfast: cannot listen on B");
  }

  @Test
  void call_unexpectedFailure_printsOneLineForAReport() {
    Program program = new Program();
    program.server.failure = new IllegalStateException("odd");

    assertThat(program.run("run")).isOne();
    assertThat(program.err().lines())
        .singleElement()
        .asString()
        .startsWith("holdfast: internal error, please report it: java.lang.IllegalStateException");
  }
}
