import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Checks that every Java source below a folder is as google-java-format writes it, or rewrites it.
 * The build runs it as a source file on JDK 25, because the formatter needs the parser of the
 * language level and Maven itself may run on an older JDK.
 */
public final class FormatSources {

  /** Arguments: {@code check} or {@code apply}, then the project's root folder. */
  public static void main(String[] args) throws IOException {
    boolean check = args[0].equals("check");
    Path root = Path.of(args[1]);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(check ? List.of("--dry-run", "--set-exit-if-changed") : List.of("--replace"));
    List<String> sources = sources(root);
    arguments.addAll(sources);

    ToolProvider formatter = ToolProvider.findFirst("google-java-format").orElseThrow();
    StringWriter changed = new StringWriter();
    int status =
        formatter.run(
            new PrintWriter(changed, true),
            new PrintWriter(System.err, true),
            arguments.toArray(String[]::new));
    if (status != 0) {
      report(changed.toString().lines().toList(), root, System.err);
      System.exit(1);
    }
    System.out.println(
        (check ? "Format is right: " : "Formatted: ") + sources.size() + " Java files");
  }

  private static List<String> sources(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !root.relativize(file).toString().matches("(.*/)?(target|\\.git)/.*"))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }

  private static void report(List<String> changed, Path root, PrintStream out) {
    if (!changed.isEmpty()) {
      out.println("These files are not formatted as google-java-format does it:");
      changed.forEach(file -> out.println("  " + root.relativize(Path.of(file))));
      out.println("To format them run: mvn -Pformat");
    }
  }
}
