package dev.holdfast.lists;

import dev.holdfast.policy.PolicyList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of rules, and what it said when it could last be read. Confined to one thread at a time.
 */
final class PolicyFile {

  /** Makes rules of the lines of a file. */
  interface Parser {

    /**
     * Reads all lines.
     *
     * @param place the file, as problems and rulings name it
     * @throws BadListException when the file is none of its kind
     */
    Content parse(LineReader lines, String place, Notes notes, int maxEntries)
        throws IOException, BadListException;
  }

  /**
   * What a file says.
   *
   * @param exceptions what comes before all lists
   */
  record Content(PolicyList rules, PolicyList exceptions) {

    int size() {
      return rules.size() + exceptions.size();
    }
  }

  /** What tells one state of a file from another. */
  private record Stamp(FileTime modified, long size, @Nullable Object fileKey) {

    static Stamp of(Path file) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        throw new IOException("a folder");
      }
      return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }
  }

  private final String name;
  private final String kind;
  private final Path file;
  private final Parser parser;

  private @Nullable Content content;
  private @Nullable Instant loaded;
  private @Nullable Notes notes;
  private @Nullable String problem;

  /** The state that was read last, well or not, and the one that was last seen. */
  private @Nullable Stamp read;

  private @Nullable Stamp seen;

  PolicyFile(String name, String kind, Path file, Parser parser) {
    this.name = name;
    this.kind = kind;
    this.file = file;
    this.parser = parser;
  }

  /** What became of a look at a file. */
  enum Outcome {
    UNCHANGED,
    LOADED,
    /** It cannot be used, which was not known yet; what it said before stays. */
    BROKEN
  }

  /**
   * Reads the file if it is another one than before.
   *
   * @param patient to wait until it stays as it is from one look to the next
   */
  Outcome refresh(boolean patient, int maxEntries) {
    try {
      Stamp now = Stamp.of(file);
      boolean settled = now.equals(seen) || !patient;
      seen = now;
      if (now.equals(read) || !settled) {
        return Outcome.UNCHANGED;
      }
      Notes found = new Notes(file.toString());
      Content parsed;
      try (InputStream in = Files.newInputStream(file)) {
        parsed = parser.parse(new LineReader(in), file.toString(), found, maxEntries);
      }
      if (patient && !Stamp.of(file).equals(now)) {
        return Outcome.UNCHANGED; // somebody is writing it
      }
      read = now;
      content = parsed;
      notes = found;
      problem = null;
      loaded = Instant.now();
      return Outcome.LOADED;
    } catch (BadListException e) {
      read = seen;
      return broken(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      read = null;
      return broken(file + ": " + reason(e));
    }
  }

  private Outcome broken(String reason) {
    boolean known = reason.equals(problem);
    problem = reason;
    return known ? Outcome.UNCHANGED : Outcome.BROKEN;
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "there is no such file";
      case AccessDeniedException denied -> "it may not be read";
      default -> "it cannot be read: " + e.getMessage();
    };
  }

  /** What the file said when it could last be read; null if it never could. */
  @Nullable Content content() {
    return content;
  }

  int size() {
    Content known = content;
    return known == null ? 0 : known.size();
  }

  /** Why the file as it is now is not used; null when it is. */
  @Nullable String problem() {
    return problem;
  }

  /** What was left out when it was last read. */
  Notes notes() {
    return Objects.requireNonNullElseGet(notes, () -> new Notes(file.toString()));
  }

  ListStatus status() {
    Content known = content;
    return new ListStatus(
        name,
        kind,
        file.toString(),
        size(),
        known == null ? 0 : known.rules().sizeBytes() + known.exceptions().sizeBytes(),
        loaded,
        notes().ignored(),
        notes().cutEntries(),
        List.copyOf(notes().places()),
        problem);
  }
}
