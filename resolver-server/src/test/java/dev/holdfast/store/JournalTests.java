package dev.holdfast.store;

import dev.holdfast.cache.CacheKey;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a journal that stands still, each in a directory of its own. */
abstract class JournalTests {

  static final CacheKey WWW = Answers.key("www.example.org");
  static final CacheKey API = Answers.key("api.example.org");
  static final CacheKey NET = Answers.key("www.example.net");

  @TempDir Path directory;
  JournalFixture fixture;

  @BeforeEach
  void open() {
    fixture = new JournalFixture(directory.resolve("state"));
  }
}
