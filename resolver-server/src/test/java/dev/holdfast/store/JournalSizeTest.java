package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bound of the journal, what goes first, and that nothing else does. */
class JournalSizeTest {

  private static final int CHANGES_PER_TURN = 500;

  @TempDir private Path directory;

  @Test
  void turn_moreAnswersThanFit_givesUpTheOldest() throws Exception {
    JournalFixture fixture = new JournalFixture(directory);
    fixture.load();
    int learnt = 60_000;
    for (int i = 0; i < learnt; i++) {
      fixture.learn(name(i), i);
      if (i % CHANGES_PER_TURN == 0) {
        fixture.journal.turn();
        assertThat(bytesOnDisk(fixture)).isLessThanOrEqualTo(4 << 20);
      }
    }
    fixture.journal.turn();
    assertThat(fixture.count(Counter.JOURNAL_FILES_DROPPED)).isPositive();
    fixture.crash();

    Map<CacheKey, Integer> loaded = fixture.load();

    assertThat(loaded.size()).isBetween(20_000, learnt - 1);
    for (int i = learnt - loaded.size(); i < learnt; i++) {
      assertThat(loaded).containsEntry(name(i), i);
    }
  }

  @Test
  void turn_historiesAndAnswersThanDoNotFit_keepsHistories() throws Exception {
    JournalFixture fixture = new JournalFixture(directory);
    fixture.load();
    for (int i = 0; i < 60_000; i++) {
      fixture.learn(name(i), i);
      if (i % 100 == 0) {
        fixture.journal.put(Table.HISTORIES, key(i), new byte[1000]);
        fixture.journal.put(Table.FAILURES, key(i), new byte[100]);
        fixture.journal.turn();
      }
    }
    fixture.crash();

    Counted counted = new Counted();
    fixture.journal.load(Answers.STALE, counted);

    assertThat(counted.values.get(Table.HISTORIES)).hasSize(600);
    assertThat(counted.values.get(Table.FAILURES)).hasSize(600);
  }

  @Test
  void turn_historiesThatDoNotFit_keepsTheLastOnes() throws Exception {
    JournalFixture fixture = new JournalFixture(directory);
    fixture.load();
    fixture.learn(name(1), 1);
    for (int i = 0; i < 6000; i++) {
      fixture.journal.put(Table.HISTORIES, key(i), new byte[1000]);
      if (i % 100 == 0) {
        fixture.journal.turn();
        assertThat(bytesOnDisk(fixture)).isLessThanOrEqualTo(4 << 20);
      }
    }
    fixture.restart();

    Counted counted = new Counted();
    fixture.journal.load(Answers.STALE, counted);

    assertThat(counted.values.get(Table.HISTORIES)).contains("5999", "5000").doesNotContain("0");
  }

  @Test
  void turn_fewNamesLearntOften_staysSmall() throws Exception {
    JournalFixture fixture = new JournalFixture(directory);
    fixture.load();
    for (int i = 0; i < 100_000; i++) {
      fixture.learn(name(i % 200), i);
      if (i % 200 == 199) {
        fixture.journal.turn();
      }
    }

    assertThat(bytesOnDisk(fixture)).isLessThan(512 << 10);
    assertThat(fixture.count(Counter.JOURNAL_FILES_DROPPED)).isZero();
    fixture.crash();
    assertThat(fixture.load()).hasSize(200).containsEntry(name(7), 99_807);
  }

  @Test
  void turn_answersThatNobodyCanUseAnyMore_areDeleted() throws Exception {
    JournalFixture fixture = new JournalFixture(directory);
    fixture.load();
    for (int i = 0; i < 10_000; i++) {
      fixture.learn(name(i), i);
    }
    fixture.restart();
    fixture.load();
    fixture.advance(Duration.ofDays(2));
    for (int i = 0; i < 20; i++) {
      fixture.journal.turn();
    }

    assertThat(bytesOnDisk(fixture)).isZero();
  }

  @Test
  void turn_manyRestarts_doNotLeaveManyFiles() throws Exception {
    JournalFixture fixture = new JournalFixture(directory);
    for (int i = 0; i < 100; i++) {
      fixture.learn(name(i), i);
      fixture.journal.turn();
      fixture.crash();
      assertThat(fixture.load()).hasSize(i + 1);
      fixture.journal.turn();
    }

    assertThat(fixture.segments(Table.ANSWERS).size()).isLessThan(5);
  }

  @Test
  void journal_randomOperationsCrashesAndFullDisks_agreesWithMap() throws Exception {
    for (long seed = 1; seed <= 3; seed++) {
      play(new SplittableRandom(seed), directory.resolve("seed" + seed));
    }
  }

  /* Names are few enough for all answers to fit, so nothing may be missing. */
  private static void play(SplittableRandom random, Path state) throws Exception {
    JournalFixture fixture = new JournalFixture(state);
    fixture.load();
    Map<CacheKey, Integer> model = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      CacheKey key = name(random.nextInt(5000));
      switch (random.nextInt(1000)) {
        case 0 -> {
          fixture.files.freeBytes = Long.MAX_VALUE;
          fixture.advance(Duration.ofMinutes(1));
          fixture.journal.turn();
          fixture.crash();
          assertThat(fixture.load()).isEqualTo(model);
        }
        case 1 -> {
          int divisor = 2 + random.nextInt(5);
          fixture.journal.flush(each -> each.qname()[1] % divisor == 0);
          model.keySet().removeIf(each -> each.qname()[1] % divisor == 0);
        }
        case 2 -> fixture.files.freeBytes = random.nextInt(20_000);
        case 3 -> fixture.files.freeBytes = Long.MAX_VALUE;
        case 4, 5, 6, 7, 8, 9 -> {
          fixture.advance(Duration.ofMillis(random.nextInt(3000)));
          fixture.journal.turn();
        }
        default -> {
          if (random.nextInt(10) == 0) {
            fixture.journal.remove(key);
            model.remove(key);
          } else {
            fixture.learn(key, step);
            model.put(key, step);
          }
        }
      }
    }
  }

  @Test
  void config_sizeOutOfRange_isRejected() {
    assertThatThrownBy(() -> new JournalConfig(1))
        .hasMessage("max-size: 1 bytes (expected 4MiB..16GiB)");
  }

  private static long bytesOnDisk(JournalFixture fixture) throws IOException {
    long sum = 0;
    for (Table table : Table.values()) {
      for (Path file : fixture.segments(table)) {
        sum += Files.size(file);
      }
    }
    assertThat(fixture.journal.sizeBytes()).isEqualTo(sum);
    return sum;
  }

  private static CacheKey name(int number) {
    return Answers.key(number + ".example.org");
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  /** Collects which values come back. */
  private static final class Counted implements Recall {

    final Map<Table, Set<String>> values = new HashMap<>();

    @Override
    public void answer(CacheKey key, CacheEntry entry) {}

    @Override
    public void value(Table table, byte[] key, byte[] value) {
      values
          .computeIfAbsent(table, each -> new HashSet<>())
          .add(String.valueOf(ByteBuffer.wrap(key).getInt()));
    }
  }
}
