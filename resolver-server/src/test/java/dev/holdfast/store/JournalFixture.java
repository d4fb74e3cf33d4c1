package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A journal whose writer and whose clocks stand still until a test moves them. */
final class JournalFixture {

  static final JournalConfig SMALL = new JournalConfig(4 << 20);

  private final Path stateDirectory;
  private final JournalConfig config;
  RouteNames routes = RouteNames.ROOT_ONLY;
  long wallMillis = 1_767_225_600_000L;
  long nanos = Long.MAX_VALUE - Duration.ofMinutes(10).toNanos();
  boolean readOnly;
  FragileFiles files;
  Journal journal;

  JournalFixture(Path stateDirectory, JournalConfig config) {
    this.stateDirectory = stateDirectory;
    this.config = config;
    open();
  }

  JournalFixture(Path stateDirectory) {
    this(stateDirectory, SMALL);
  }

  /** Starts another process after the one before has ended. */
  void open() {
    files = new FragileFiles(stateDirectory);
    files.readOnly = readOnly;
    journal = new Journal(files, config, routes, () -> wallMillis, () -> nanos);
  }

  /** Ends the process as SIGKILL does, and starts another. */
  void crash() throws IOException {
    files.disown();
    open();
  }

  /** Writes what waits, and starts another process. */
  void restart() throws IOException {
    journal.turn();
    crash();
  }

  /** Moves both clocks. */
  void advance(Duration duration) {
    wallMillis += duration.toMillis();
    nanos += duration.toNanos();
  }

  void learn(CacheKey key, int number) {
    assertThat(journal.offer(key, Answers.entry(key, number, nanos))).isTrue();
  }

  /** Loads everything; answers are checked to be whole. */
  Map<CacheKey, Integer> load() {
    Map<CacheKey, Integer> numbers = new HashMap<>();
    loadEntries().forEach((key, entry) -> numbers.put(key, Answers.number(key, entry)));
    return numbers;
  }

  Map<CacheKey, CacheEntry> loadEntries() {
    Map<CacheKey, CacheEntry> entries = new HashMap<>();
    journal.load(
        Answers.STALE,
        (key, entry) -> assertThat(entries.put(key, entry)).as("twice: %s", key).isNull());
    return entries;
  }

  long count(Counter counter) {
    return journal.counters().get(counter);
  }

  Path directory() {
    return stateDirectory.resolve("journal");
  }

  /** Returns the files of a table, oldest first. */
  List<Path> segments(Table table) throws IOException {
    return list(directory()).stream()
        .filter(file -> file.getFileName().toString().startsWith(table.filePrefix()))
        .toList();
  }

  List<Path> asideFiles() throws IOException {
    Path aside = directory().resolve("set-aside");
    return Files.exists(aside) ? list(aside) : List.of();
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
