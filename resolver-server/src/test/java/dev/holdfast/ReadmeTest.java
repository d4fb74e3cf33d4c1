package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The package table of the README against the packages and what each says of itself. */
class ReadmeTest {

  private static final Path PROJECT = Path.of(System.getProperty("project.root", ".."));
  private static final Path BASE =
      PROJECT.resolve("resolver-server/src/main/java/dev/holdfast").normalize();

  private static final String TABLE_HEAD = "| package | what it is |";
  private static final Pattern JAVADOC = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);
  private static final Pattern FIRST_SENTENCE = Pattern.compile("(.*?\\.)(\\s.*)?");
  private static final Pattern INLINE_TAG = Pattern.compile("\\{@\\w+ ([^}]*)}");

  @Test
  void packageTable_inReadme_equalsPackages() throws IOException {
    List<String> table =
        Files.readAllLines(PROJECT.resolve("README.md")).stream()
            .dropWhile(line -> !line.equals(TABLE_HEAD))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();

    assertThat(table)
        .as("rows below \"%s\" in README.md, in any order", TABLE_HEAD)
        .containsExactlyInAnyOrderElementsOf(rowsOfPackages());
  }

  private static List<String> rowsOfPackages() throws IOException {
    try (Stream<Path> files = Files.walk(BASE)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(Path::getParent)
          .distinct()
          .sorted()
          .map(ReadmeTest::row)
          .toList();
    }
  }

  private static String row(Path folder) {
    String name = folder.equals(BASE) ? "dev.holdfast" : folder.getFileName().toString();
    return "| `%s` | %s |".formatted(name, firstSentence(folder.resolve("package-info.java")));
  }

  private static String firstSentence(Path packageInfo) {
    Matcher javadoc = JAVADOC.matcher(read(packageInfo));
    assertThat(javadoc.find()).as("doc comment in %s", packageInfo).isTrue();
    String text = javadoc.group(1).replaceAll("(?m)^\\s*\\*", " ").strip();
    String line = INLINE_TAG.matcher(text.replaceAll("\\s+", " ")).replaceAll("`$1`");
    Matcher sentence = FIRST_SENTENCE.matcher(line);
    assertThat(sentence.matches()).as("a sentence with a full stop in %s", packageInfo).isTrue();
    return sentence.group(1);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
