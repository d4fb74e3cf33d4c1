package dev.holdfast.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Programs that tests run: those of the machine, and Java programs of the test's class path. */
final class Tools {

  /** Where servers and network tools are, which is not on everybody's PATH. */
  private static final List<String> SYSTEM_FOLDERS = List.of("/usr/sbin", "/sbin");

  private static final List<String> JAVA_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx256m",
          "--enable-native-access=ALL-UNNAMED");

  private Tools() {}

  /** Skips the test that calls this unless all {@code programs} are installed. */
  static void assumeInstalled(String... programs) {
    List<String> missing = Arrays.stream(programs).filter(name -> find(name) == null).toList();
    assumeTrue(missing.isEmpty(), () -> "not installed: " + missing + " (see .ci/run)");
  }

  /** Returns the path of an installed program. */
  static String path(String program) {
    Path found = find(program);
    if (found == null) {
      throw new IllegalStateException("not installed: " + program);
    }
    return found.toString();
  }

  /** Returns the command that runs a class of the test's class path in a Java of its own. */
  static List<String> java(Class<?> program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JAVA_OPTIONS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(arguments);
    return command;
  }

  private static @Nullable Path find(String program) {
    List<String> folders = new ArrayList<>();
    folders.addAll(List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
    folders.addAll(SYSTEM_FOLDERS);
    return folders.stream()
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }
}
