package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.ReplyKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

  private static final CacheKey WWW = Answers.key("www.example.org");
  private static final CacheKey API = Answers.key("api.example.org");
  private static final CacheKey NET = Answers.key("www.example.net");

  @TempDir private Path directory;
  private JournalFixture fixture;

  @BeforeEach
  void open() {
    fixture = new JournalFixture(directory.resolve("state"));
  }

  @Test
  void load_answersOfAnEarlierProcess_bringsThemBackWithTheirTimes() throws Exception {
    fixture.learn(WWW, 1);
    fixture.advance(Duration.ofSeconds(10));
    fixture.learn(API, 2);
    fixture.journal.turn();
    fixture.advance(Duration.ofSeconds(100));
    fixture.crash();

    Map<CacheKey, CacheEntry> entries = fixture.loadEntries();

    assertThat(entries).containsOnlyKeys(WWW, API);
    assertThat(Answers.number(WWW, get(entries, WWW))).isEqualTo(1);
    assertThat(get(entries, WWW).ageSeconds(fixture.nanos)).isEqualTo(110);
    assertThat(get(entries, API).ageSeconds(fixture.nanos)).isEqualTo(100);
    assertThat(get(entries, API).ttlSeconds()).isEqualTo(Answers.TTL_SECONDS);
    assertThat(get(entries, API).staleNanos()).isEqualTo(Answers.STALE.toNanos());
    assertThat(fixture.count(Counter.JOURNAL_LOADED)).isEqualTo(2);
  }

  @Test
  void load_sameKeyWrittenOften_bringsBackTheLast() throws Exception {
    for (int i = 0; i < 10; i++) {
      fixture.learn(WWW, i);
      fixture.journal.turn();
    }
    fixture.crash();
    fixture.learn(WWW, 10);
    fixture.learn(WWW, 11);
    fixture.journal.turn();
    fixture.crash();

    assertThat(fixture.load()).containsExactly(Map.entry(WWW, 11));
  }

  @Test
  void turn_sameKeyOfferedOften_writesItOnce() {
    fixture.learn(API, 1);
    for (int i = 0; i < 1000; i++) {
      fixture.learn(WWW, i);
    }
    fixture.journal.turn();

    assertThat(fixture.count(Counter.JOURNAL_WRITTEN)).isEqualTo(2);
    assertThat(fixture.journal.lagChanges()).isZero();
  }

  @Test
  void load_negativeAnswer_isFreshOrGoneButNeverStale() throws Exception {
    fixture.journal.offer(WWW, Answers.negative(WWW, 60, fixture.nanos));
    fixture.journal.offer(API, Answers.negative(API, 30, fixture.nanos));
    fixture.journal.turn();
    fixture.advance(Duration.ofSeconds(31));
    fixture.crash();

    Map<CacheKey, CacheEntry> entries = fixture.loadEntries();

    assertThat(entries).containsOnlyKeys(WWW);
    assertThat(get(entries, WWW).kind()).isEqualTo(ReplyKind.NXDOMAIN);
  }

  @Test
  void load_expiredNegativeAfterPositive_bringsBackNeither() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    fixture.journal.offer(WWW, Answers.negative(WWW, 60, fixture.nanos));
    fixture.journal.turn();
    fixture.advance(Duration.ofHours(2));
    for (int i = 0; i < 5; i++) {
      fixture.crash();
      assertThat(fixture.load()).isEmpty();
      fixture.journal.turn();
    }
  }

  @Test
  void offer_heldAnswer_isNotKept() throws Exception {
    fixture.learn(WWW, 1);
    CacheEntry held =
        CacheEntry.held(Answers.answer(WWW, 1), 5_000_000_000L, 50_000_000_000L, fixture.nanos);

    assertThat(fixture.journal.offer(WWW, held)).isFalse();
    fixture.journal.turn();
    fixture.crash();

    assertThat(get(fixture.loadEntries(), WWW).isHeld()).isFalse();
  }

  @Test
  void load_whatTheCacheLearntMeanwhile_isNotOverwritten() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    fixture.crash();
    AnswerCache cache = new AnswerCache(1 << 20);
    CacheEntry newer = Answers.entry(WWW, 2, fixture.nanos);
    cache.put(WWW, newer);

    fixture.journal.load(Answers.STALE, cache::putIfAbsent);

    assertThat(cache.lookup(WWW)).isSameAs(newer);
  }

  @Test
  void load_whatWasWrittenMeanwhile_comesOnceAndNew() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    fixture.crash();
    fixture.learn(WWW, 2);
    fixture.journal.turn();

    assertThat(fixture.load()).containsExactly(Map.entry(WWW, 2));
  }

  @Test
  void remove_keptAnswer_isGone() throws Exception {
    fixture.learn(WWW, 1);
    fixture.learn(API, 2);
    fixture.journal.turn();
    fixture.journal.remove(WWW);
    fixture.journal.turn();
    fixture.crash();

    assertThat(fixture.load()).containsOnlyKeys(API);
  }

  @Test
  void remove_beforeLoading_isNotBroughtBack() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    fixture.crash();
    fixture.journal.remove(WWW);

    assertThat(fixture.load()).isEmpty();
  }

  @Test
  void flush_subtree_forgetsWhatIsOnDiskAndWhatWaits() throws Exception {
    fixture.learn(WWW, 1);
    fixture.learn(NET, 2);
    fixture.journal.turn();
    fixture.crash();
    fixture.learn(API, 3);
    byte[] org = Names.parse("example.org");

    assertThat(fixture.journal.flush(key -> Names.endsWith(key.qname(), org))).isTrue();
    fixture.journal.turn();

    assertThat(fixture.load()).containsOnlyKeys(NET);
    fixture.crash();
    assertThat(fixture.load()).containsOnlyKeys(NET);
  }

  @Test
  void flush_answerLearntAfterwards_stays() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    fixture.journal.flush(key -> true);
    fixture.learn(WWW, 2);
    fixture.journal.turn();
    fixture.crash();

    assertThat(fixture.load()).containsExactly(Map.entry(WWW, 2));
  }

  @Test
  void flush_beforeLoading_isNotBroughtBack() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    fixture.crash();
    fixture.journal.flush(key -> true);

    assertThat(fixture.load()).isEmpty();
  }

  @Test
  void flush_duringLoading_holdsForWhatFollows() throws Exception {
    fixture.learn(WWW, 1);
    fixture.learn(API, 2);
    fixture.journal.turn();
    fixture.crash();
    List<CacheKey> delivered = new ArrayList<>();

    fixture.journal.load(
        Answers.STALE,
        (key, entry) -> {
          delivered.add(key);
          fixture.journal.flush(each -> true);
        });

    assertThat(delivered).containsExactly(API);
  }

  @Test
  void put_values_areRecalledByTableAndHistoriesThatDidNotVanishAfterAnswers() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.put(Table.FAILURES, bytes("192.0.2.53"), bytes("down"));
    fixture.journal.put(Table.HISTORIES, bytes("www"), bytes("old"));
    fixture.journal.put(Table.PINS, bytes("www"), bytes("pinned"));
    fixture.journal.turn();
    fixture.journal.put(Table.HISTORIES, bytes("www"), bytes("\u0001\u0001www"));
    fixture.journal.put(Table.HISTORIES, bytes("api"), bytes("\u0001\u0000api"));
    fixture.journal.remove(Table.FAILURES, bytes("192.0.2.53"));
    fixture.journal.turn();
    fixture.crash();
    Recorded recorded = new Recorded();

    fixture.journal.load(Answers.STALE, recorded);

    assertThat(recorded.events)
        .containsExactly(
            "PINS www=pinned",
            "HISTORIES www=\u0001\u0001www",
            "answer " + WWW,
            "1 answers",
            "HISTORIES api=\u0001\u0000api");
  }

  @Test
  void put_tooLongOrWrongTable_isRejected() {
    assertThatThrownBy(
            () ->
                fixture.journal.put(
                    Table.HISTORIES, new byte[1], new byte[Journal.MAX_VALUE_LENGTH + 1]))
        .hasMessage("value: 65537 bytes (expected at most 65536)");
    assertThatThrownBy(
            () ->
                fixture.journal.put(
                    Table.HISTORIES, new byte[Journal.MAX_KEY_LENGTH + 1], new byte[0]))
        .hasMessage("key: 1025 bytes (expected at most 1024)");
    assertThatThrownBy(() -> fixture.journal.put(Table.ANSWERS, new byte[1], new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void put_longestKeyAndValue_comeBack() throws Exception {
    byte[] key = new byte[Journal.MAX_KEY_LENGTH];
    byte[] value = new byte[Journal.MAX_VALUE_LENGTH];
    Arrays.fill(value, (byte) 7);
    fixture.journal.put(Table.HISTORIES, key, value);
    fixture.journal.turn();
    fixture.crash();
    Map<String, byte[]> values = new HashMap<>();

    fixture.journal.load(
        Answers.STALE,
        new Recall() {
          @Override
          public void answer(CacheKey answerKey, CacheEntry entry) {}

          @Override
          public void value(Table table, byte[] valueKey, byte[] bytes) {
            values.put(table + " " + valueKey.length, bytes);
          }
        });

    assertThat(values).containsOnlyKeys("HISTORIES 1024");
    assertThat(values.get("HISTORIES 1024")).isEqualTo(value);
  }

  @Test
  void load_routesNumberedAnew_followsTheirSuffixes() throws Exception {
    fixture.routes = new NamedRoutes(".", "corp.example");
    fixture.crash();
    fixture.learn(Answers.key(0, "www.example.org"), 1);
    fixture.learn(Answers.key(1, "www.corp.example"), 2);
    fixture.journal.turn();
    fixture.routes = new NamedRoutes("other.example", "corp.example", ".");
    fixture.crash();

    assertThat(fixture.load())
        .containsOnly(
            Map.entry(Answers.key(2, "www.example.org"), 1),
            Map.entry(Answers.key(1, "www.corp.example"), 2));
  }

  @Test
  void load_routeGone_leavesItsAnswersOut() throws Exception {
    fixture.routes = new NamedRoutes(".", "corp.example");
    fixture.crash();
    fixture.learn(Answers.key(1, "www.corp.example"), 2);
    fixture.journal.turn();
    fixture.routes = RouteNames.ROOT_ONLY;
    fixture.crash();
    assertThat(fixture.load()).isEmpty();

    fixture.routes = new NamedRoutes(".", "corp.example");
    fixture.crash();
    assertThat(fixture.load()).containsOnlyKeys(Answers.key(1, "www.corp.example"));
  }

  @Test
  void load_whileLoading_isRefused() {
    fixture.learn(WWW, 1);
    fixture.journal.turn();

    fixture.journal.load(
        Answers.STALE,
        (key, entry) ->
            assertThatThrownBy(() -> fixture.load()).isInstanceOf(IllegalStateException.class));
    assertThat(fixture.load()).containsOnlyKeys(WWW);
  }

  @Test
  void open_disabled_keepsNothing() {
    Journal journal =
        Journal.open(directory, new JournalConfig(false, 4 << 20), RouteNames.ROOT_ONLY);

    assertThat(journal.offer(WWW, Answers.entry(WWW, 1, System.nanoTime()))).isFalse();
    assertThat(journal.load(Answers.STALE, (key, entry) -> {})).isZero();
    assertThat(journal.close(Duration.ofSeconds(1))).isTrue();
  }

  @Test
  void offer_fullQueue_isDroppedAndCounted() {
    for (int i = 0; i < ChangeQueue.CAPACITY; i++) {
      fixture.learn(WWW, i);
    }
    fixture.advance(Duration.ofMillis(1500));

    assertThat(fixture.journal.offer(API, Answers.entry(API, 1, fixture.nanos))).isFalse();
    assertThat(fixture.journal.lagChanges()).isEqualTo(ChangeQueue.CAPACITY);
    assertThat(fixture.journal.lagMillis()).isEqualTo(1500);
    fixture.journal.turn();
    assertThat(fixture.count(Counter.JOURNAL_DROPPED)).isEqualTo(1);
    assertThat(fixture.journal.lagChanges()).isZero();
    assertThat(fixture.journal.lagMillis()).isZero();
    fixture.learn(API, 1);
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

  private static CacheEntry get(Map<CacheKey, CacheEntry> entries, CacheKey key) {
    return Objects.requireNonNull(entries.get(key));
  }

  private static Map<CacheKey, Integer> afterCrash(JournalFixture process) throws Exception {
    process.crash();
    return process.load();
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private record Closed(Journal journal) implements AutoCloseable {
    @Override
    public void close() {
      journal.close(Duration.ofSeconds(60));
    }
  }

  /** Writes down what comes back, in its order. */
  private static final class Recorded implements Recall {

    final List<String> events = new ArrayList<>();

    @Override
    public void answer(CacheKey key, CacheEntry entry) {
      events.add("answer " + key);
    }

    @Override
    public void answersAreBack(long count) {
      events.add(count + " answers");
    }

    @Override
    public void value(Table table, byte[] key, byte[] value) {
      events.add(
          table
              + " "
              + new String(key, StandardCharsets.US_ASCII)
              + "="
              + new String(value, StandardCharsets.US_ASCII));
    }
  }

  /** Routes with the given suffixes, numbered from 0. */
  private static final class NamedRoutes implements RouteNames {

    private final List<byte[]> suffixes;

    NamedRoutes(String... suffixes) {
      this.suffixes = Arrays.stream(suffixes).map(Names::parse).toList();
    }

    @Override
    public byte @Nullable [] suffixOf(int route) {
      return route < suffixes.size() ? suffixes.get(route) : null;
    }

    @Override
    public int routeOf(byte[] suffix) {
      for (int i = 0; i < suffixes.size(); i++) {
        if (Arrays.equals(suffixes.get(i), suffix)) {
          return i;
        }
      }
      return NONE;
    }
  }
}
