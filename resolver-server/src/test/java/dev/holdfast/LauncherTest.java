package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a distribution without libraries, on a machine whose Javas are scripts that print
 * who they are and what they were asked to run.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

  private static final Path LAUNCHER =
      Path.of(System.getProperty("project.root", ".."), "packaging/src/bin/holdfast");

  @TempDir Path machine;
  private Path installed;
  private Path home;
  private Path launcher;

  @BeforeEach
  void layOutTheMachine() throws IOException {
    machine = machine.toRealPath();
    installed = Files.createDirectories(machine.resolve("usr/lib/jvm"));
    home = Files.createDirectories(machine.resolve("opt/hold fast"));
    launcher = home.resolve("bin/holdfast");
    Files.createDirectories(launcher.getParent());
    String places = "/usr/lib/jvm|/usr/java|/opt/java|/Library/Java";
    writeExecutable(launcher, Files.readString(LAUNCHER).replaceAll(places, machine + "$0"));
    Files.createDirectories(home.resolve("lib"));
    for (String library : List.of("b.jar", "a.jar", "C.jar")) {
      Files.createFile(home.resolve("lib").resolve(library));
    }
  }

  @Test
  void start_bundledRuntime_winsOverJavaHome() throws Exception {
    java(home.resolve("runtime"), "25.0.1");
    Path javaHome = java(machine.resolve("other"), "26");

    assertThat(start(launcher, "JAVA_HOME=" + javaHome).output())
        .startsWith("java of " + home.resolve("runtime"));
  }

  @Test
  void start_javaHomeTooOld_takesTheOneOnThePath() throws Exception {
    Path old = java(machine.resolve("old"), "1.8.0_402");
    Path fit = java(machine.resolve("fit"), "25");
    Files.createDirectories(machine.resolve("bin"));
    Files.createSymbolicLink(machine.resolve("bin/java"), Path.of("../fit/bin/java"));

    assertThat(start(launcher, "JAVA_HOME=" + old, "PATH=" + machine.resolve("bin") + ":/bin"))
        .extracting(Ended::output)
        .asString()
        .startsWith("java of " + fit);
  }

  @Test
  void start_nothingNamed_takesAnInstalledOne() throws Exception {
    java(installed.resolve("a-17"), "17.0.15");
    Path fit = java(installed.resolve("b-25"), "25.0.3");

    assertThat(start(launcher).output()).startsWith("java of " + fit);
  }

  @Test
  void start_javaWithoutReleaseFile_isAsked() throws Exception {
    Path fit = java(installed.resolve("unlabelled"), "25.0.3");
    Files.delete(fit.resolve("release"));

    assertThat(start(launcher).output()).startsWith("java of " + fit);
  }

  @Test
  void start_noFitJava_saysWhereItLooked() throws Exception {
    Path old = java(installed.resolve("a-17"), "17.0.15");

    Ended ended = start(launcher, "JAVA_HOME=" + machine);

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.output())
        .startsWith("holdfast: no Java 25 or later found. Looked at:")
        .contains("bundled: no " + home.resolve("runtime"))
        .contains("JAVA_HOME: no Java in " + machine)
        .contains("PATH: no java")
        .contains("installed: Java 17 in " + old)
        .contains("Install one");
  }

  @Test
  void start_throughSymbolicLinks_findsItsLibraries() throws Exception {
    java(installed.resolve("b-25"), "25.0.3");
    Files.createSymbolicLink(machine.resolve("first"), launcher);
    Files.createDirectories(machine.resolve("links"));
    Path second = Files.createSymbolicLink(machine.resolve("links/second"), Path.of("../first"));

    assertThat(start(second).output()).contains("<-Dholdfast.home=" + home + ">");
  }

  @Test
  void start_arguments_reachTheProgramUnchanged() throws Exception {
    java(installed.resolve("b-25"), "25.0.3");

    assertThat(start(List.of(launcher.toString(), "query", "a b", "*", "")).output())
        .endsWith("<dev.holdfast.cli.Main> <query> <a b> <*> <>");
  }

  @Test
  void start_javaOptions_followItsOwn() throws Exception {
    java(installed.resolve("b-25"), "25.0.3");

    assertThat(start(launcher, "HOLDFAST_JAVA_OPTS=-Xmx1g -Dx=y").output())
        .containsSubsequence("<-Xmx256m>", "<-Xmx1g> <-Dx=y>", "<-cp>");
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void start_everyProfile_endsWithoutMemoryInsteadOfLingering() throws Exception {
    java(installed.resolve("b-25"), "25.0.3");
    List<String> run = List.of(launcher.toString(), "run");

    for (String profile : List.of("sidecar", "host", "server")) {
      assertThat(start(run, "HOLDFAST_PROFILE=" + profile).output())
          .contains("<-XX:+ExitOnOutOfMemoryError>");
    }
  }

  @Test
  void start_libraries_areInOneOrderInEveryLocale() throws Exception {
    java(installed.resolve("b-25"), "25.0.3");
    String lib = home + "/lib/";

    assertThat(start(launcher, "LC_ALL=en_US.UTF-8").output())
        .contains("<-cp> <" + lib + "C.jar:" + lib + "a.jar:" + lib + "b.jar>");
  }

  @Test
  void start_cacheOfClasses_isUsedWhereItIs() throws Exception {
    java(installed.resolve("b-25"), "25.0.3");
    String option = "<-XX:AOTCache=" + home + "/lib/holdfast.aot>";

    assertThat(start(launcher).output()).doesNotContain("AOTCache");
    Files.createFile(home.resolve("lib/holdfast.aot"));
    assertThat(start(launcher).output()).contains(option);
  }

  @Test
  void start_profile_decidesHowMuchMemoryTheServerTakes() throws Exception {
    java(installed.resolve("b-25"), "25.0.3");
    List<String> run = List.of(launcher.toString(), "run");

    assertThat(start(run).output()).contains("<-Xmx512m>");
    assertThat(start(run, "HOLDFAST_PROFILE=sidecar").output()).contains("<-Xmx60m>");
    assertThat(start(run, "HOLDFAST_PROFILE=server").output()).contains("<-Xmx2g>");
    assertThat(start(launcher, "HOLDFAST_PROFILE=server").output()).doesNotContain("<-Xmx2g>");
  }

  @Test
  void start_unknownProfile_isRefused() throws Exception {
    java(installed.resolve("b-25"), "25.0.3");

    Ended ended = start(List.of(launcher.toString(), "run"), "HOLDFAST_PROFILE=huge");

    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.output())
        .startsWith("holdfast: HOLDFAST_PROFILE: huge (expected sidecar, host or server)");
  }

  @Test
  void start_laterJava_isGivenNoOptionThatItMayNotKnow() throws Exception {
    java(installed.resolve("c-31"), "31");

    assertThat(start(launcher).output()).doesNotContain("unsafe-memory-access");
  }

  @Test
  void start_programFails_statusIsItsOwn() throws Exception {
    java(installed.resolve("b-25"), "25.0.3");

    assertThat(start(launcher, "STATUS=2").status()).isEqualTo(2);
  }

  private record Ended(int status, String output) {}

  private Ended start(Path command, String... environment) throws Exception {
    return start(List.of(command.toString()), environment);
  }

  private Ended start(List<String> command, String... environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", pathWithoutJava().toString());
    for (String variable : environment) {
      String[] parts = variable.split("=", 2);
      builder.environment().put(parts[0], parts[1]);
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), output);
  }

  /** A PATH that has the few tools that the launcher uses, and no java. */
  private Path pathWithoutJava() throws IOException {
    Path tools = Files.createDirectories(machine.resolve("tools"));
    for (String tool : List.of("cat", "sed", "readlink")) {
      writeExecutable(
          tools.resolve(tool), "#!/bin/sh\nPATH=/bin:/usr/bin exec " + tool + " \"$@\"\n");
    }
    return tools;
  }

  private static Path java(Path folder, String version) throws IOException {
    Files.createDirectories(folder.resolve("bin"));
    Files.writeString(
        folder.resolve("release"),
        "IMPLEMENTOR=\"example\"\nJAVA_VERSION=\"" + version + "\"\nMODULES=\"java.base\"\n");
    writeExecutable(
        folder.resolve("bin/java"),
        """
        #!/bin/sh
        if [ "$1" = --version ]; then
          echo 'openjdk %s 2026-01-01'
          exit 0
        fi
        printf 'java of %s:'
        printf ' <%%s>' "$@"
        exit ${STATUS:-0}
        """
            .formatted(version, folder));
    return folder;
  }

  private static void writeExecutable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
