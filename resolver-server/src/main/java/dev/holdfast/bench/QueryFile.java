package dev.holdfast.bench;

import dev.holdfast.wire.RecordType;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of queries as dnsperf reads them: a name and a type per line, comments behind {@code ;} or
 * {@code #}. Stateless.
 */
final class QueryFile {

  private QueryFile() {}

  /**
   * Reads a file.
   *
   * @throws IOException saying which line is wrong, or that the file cannot be read
   */
  static Questions read(Path file, Questions.Builder questions) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      int number = 0;
      boolean any = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        String text = line.strip();
        if (text.isEmpty() || text.startsWith(";") || text.startsWith("#")) {
          continue;
        }
        add(file, number, text, questions);
        any = true;
      }
      if (!any) {
        throw new IOException(file + ": no queries (expected lines such as: www.example.org A)");
      }
      return questions.build();
    }
  }

  private static void add(Path file, int number, String text, Questions.Builder questions)
      throws IOException {
    String[] words = text.split("\\s+", -1);
    if (words.length < 2) {
      throw new IOException(
          file + ":" + number + ": " + text + " (expected a name and a type, such as A or TYPE65)");
    }
    try {
      questions.add(words[0], RecordType.parse(words[1]));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ":" + number + ": " + e.getMessage(), e);
    }
  }
}
