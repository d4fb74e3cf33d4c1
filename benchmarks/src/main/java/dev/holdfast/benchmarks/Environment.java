package dev.holdfast.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Where and of what something is measured.
 *
 * @param commit its short hash, with {@code -dirty} when sources differ from it
 */
record Environment(String date, String commit, String processor, String system, String java) {

  /** Reads the environment; {@code inside} is any folder of the working copy. */
  static Environment of(Path inside) throws IOException {
    Path processors = Path.of("/proc/cpuinfo");
    String model = System.getProperty("os.arch");
    if (Files.isReadable(processors)) {
      model =
          Files.readAllLines(processors).stream()
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(model);
    }
    Path folder = Files.isDirectory(inside) ? inside : Path.of(".");
    boolean dirty = !git(folder, "status", "--porcelain", "--untracked-files=no").isEmpty();
    return new Environment(
        LocalDate.now(ZoneOffset.UTC).toString(),
        git(folder, "rev-parse", "--short", "HEAD") + (dirty ? "-dirty" : ""),
        Runtime.getRuntime().availableProcessors() + " x " + model,
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
  }

  /** Makes a folder that was not there before: {@code <date>-<commit>}, else with a number. */
  Path newFolder(Path results) throws IOException {
    Files.createDirectories(results);
    String name = date + "-" + commit;
    for (int number = 2; ; number++) {
      try {
        return Files.createDirectory(results.resolve(name));
      } catch (FileAlreadyExistsException taken) {
        name = date + "-" + commit + "-" + number;
      }
    }
  }

  String text() {
    return "commit "
        + commit
        + "  \ncores: "
        + processor
        + "  \n"
        + system
        + "  \n"
        + java
        + "  \n";
  }

  private static String git(Path folder, String... arguments) throws IOException {
    String[] command = new String[arguments.length + 3];
    command[0] = "git";
    command[1] = "-C";
    command[2] = folder.toString();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
