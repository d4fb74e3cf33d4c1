package dev.holdfast.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where scenarios lie and which of them are left out. Stateless. */
final class ScenarioFolders {

  /** Names the folder of the scenarios to play instead of the shared ones. */
  static final String PROPERTY = "scenarios.dir";

  private static final String SHARED = "../shared/scenarios";
  private static final String OWN = "/scenarios";
  private static final String NOT_APPLICABLE = "not-applicable.txt";
  private static final String ARROW = " -> ";

  private ScenarioFolders() {}

  /** Returns the folder of this project's own scenarios. */
  static Path own() {
    try {
      URL folder = Objects.requireNonNull(ScenarioFolders.class.getResource(OWN));
      return Path.of(folder.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the folder that was asked for, a relative path from here or from the root. */
  static @Nullable Path requested() {
    String given = System.getProperty(PROPERTY);
    if (given == null || given.isBlank()) {
      return null;
    }
    Path path = Path.of(given);
    return (Files.isDirectory(path) ? path.toAbsolutePath() : root().resolve(path)).normalize();
  }

  /** Returns the folder beside the repository, whether it is there or not. */
  static Path shared() {
    return root().resolve(SHARED).normalize();
  }

  /** Returns the scenarios in and below {@code folder}, sorted by path. */
  static List<Path> scenarios(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".rpl")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns why files do not apply to a forwarder, by file name. */
  static Map<String, String> notApplicable() {
    try (InputStream input =
        Objects.requireNonNull(
            ScenarioFolders.class.getResourceAsStream(OWN + "/" + NOT_APPLICABLE))) {
      Map<String, String> reasons = new HashMap<>();
      new String(input.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(
              line -> {
                int arrow = line.indexOf(ARROW);
                reasons.put(
                    line.substring(0, arrow).strip(),
                    line.substring(arrow + ARROW.length()).strip());
              });
      return reasons;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The root of the repository: the folder with {@code .git}, else the outermost with a pom. */
  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    Path found = here;
    for (Path folder = here; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve(".git"))) {
        return folder;
      }
      if (Files.exists(folder.resolve("pom.xml"))) {
        found = folder;
      }
    }
    return found;
  }
}
