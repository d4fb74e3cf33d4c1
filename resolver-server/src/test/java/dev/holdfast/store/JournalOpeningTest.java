package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where a journal is kept, what becomes of it there, and who may read it. */
class JournalOpeningTest extends JournalTests {

  @Test
  void open_disabled_keepsNothing() {
    Journal journal =
        Journal.open(directory, new JournalConfig(false, 4 << 20), RouteNames.ROOT_ONLY);

    assertThat(journal.offer(WWW, Answers.entry(WWW, 1, System.nanoTime()))).isFalse();
    assertThat(journal.load(Answers.STALE, (key, entry) -> {})).isZero();
    assertThat(journal.close(Duration.ofSeconds(1))).isTrue();
  }

  @Test
  void open_newDirectory_isReadableByItsOwnerAlone() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();

    assertThat(permissions(directory.resolve("state"))).isEqualTo("rwx------");
    assertThat(permissions(fixture.directory())).isEqualTo("rwx------");
    assertThat(permissions(fixture.segments(Table.ANSWERS).getFirst())).isEqualTo("rw-------");
    assertThat(permissions(fixture.directory().resolve("lock"))).isEqualTo("rw-------");
  }

  @Test
  void open_directoryOpenToOthers_isClosedToThem() throws Exception {
    Files.setPosixFilePermissions(
        fixture.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
    fixture.crash();

    assertThat(permissions(fixture.directory())).isEqualTo("rwx------");
  }

  @Test
  void open_directoryInUse_loadsKeepsNothingAndTakesOver() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    JournalFixture second = new JournalFixture(directory.resolve("state"));

    assertThat(second.journal.isWriting()).isFalse();
    assertThat(second.journal.offer(API, Answers.entry(API, 2, second.nanos))).isFalse();
    assertThat(second.journal.flush(key -> true)).isFalse();
    second.journal.turn();
    assertThat(fixture.segments(Table.ANSWERS)).hasSize(1);
    assertThat(second.journal.lagChanges()).isZero();

    fixture.learn(NET, 3);
    fixture.journal.turn();
    fixture.files.disown();
    second.advance(Duration.ofSeconds(3));
    second.journal.turn();
    assertThat(second.journal.isWriting()).isTrue();
    second.learn(API, 2);
    second.journal.turn();
    assertThat(afterCrash(second)).containsOnlyKeys(WWW, API, NET);
  }

  @Test
  void load_directoryInUse_bringsBackWhatTheOtherProcessKnows() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    JournalFixture second = new JournalFixture(directory.resolve("state"));

    assertThat(second.load()).containsExactly(Map.entry(WWW, 1));
  }

  @Test
  void open_pathThatIsNoDirectory_runsWithoutAndTriesAgain() throws Exception {
    Path file = directory.resolve("file");
    Files.writeString(file, "not a directory");
    JournalFixture without = new JournalFixture(file);

    assertThat(without.journal.isWriting()).isFalse();
    assertThat(without.load()).isEmpty();
    assertThat(without.journal.offer(WWW, Answers.entry(WWW, 1, 0))).isFalse();

    Files.delete(file);
    without.advance(Duration.ofSeconds(3));
    without.journal.turn();
    assertThat(without.journal.isWriting()).isTrue();
  }

  @Test
  void close_changesWaiting_writesThem() throws Exception {
    Path state = directory.resolve("closed");
    try (Closed journal = new Closed(Journal.open(state, JournalFixture.SMALL, fixture.routes))) {
      journal.journal().offer(WWW, Answers.entry(WWW, 1, System.nanoTime()));
      assertThat(journal.journal().close(Duration.ofSeconds(60))).isTrue();
      assertThat(journal.journal().offer(API, Answers.entry(API, 1, 0))).isFalse();
    }
    Map<CacheKey, CacheEntry> entries = new HashMap<>();
    try (Closed journal = new Closed(Journal.open(state, JournalFixture.SMALL, fixture.routes))) {
      journal.journal().load(Answers.STALE, entries::put);
    }
    assertThat(entries).containsOnlyKeys(WWW);
  }

  private static Map<CacheKey, Integer> afterCrash(JournalFixture process) throws Exception {
    process.crash();
    return process.load();
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private record Closed(Journal journal) implements AutoCloseable {
    @Override
    public void close() {
      journal.close(Duration.ofSeconds(60));
    }
  }
}
