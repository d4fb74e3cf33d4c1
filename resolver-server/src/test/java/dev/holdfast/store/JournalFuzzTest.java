package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.fuzz.Choices;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.hold.PinCodec;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A journal that finds any bytes in place of a file: it opens, and brings back only what stands
 * there as whole records. The first byte of an input chooses the table, whether the sums are put
 * right first, as somebody would who knows how, and whether it learns something then.
 */
final class JournalFuzzTest {

  private static final Table[] TABLES = Table.values();
  private static final int SIGNED = 0x80;
  private static final int LEARN = 0x40;
  private static final int MAX_LENGTH = 4096;

  private Path directory;

  static Stream<byte[]> seeds() {
    return Seeds.of(JournalFuzzTest.class);
  }

  @BeforeEach
  void create() throws IOException {
    directory = Files.createTempDirectory("journal");
  }

  @AfterEach
  void delete() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(JournalFuzzTest::delete);
    }
  }

  @Attack(Threat.BROKEN_PROCESS)
  @MethodSource("seeds")
  @FuzzTest
  void load_anyFile_bringsBackWholeRecordsOnly(byte[] input) throws IOException {
    if (input.length > MAX_LENGTH) {
      return;
    }
    Choices choices = new Choices(input);
    int how = choices.next();
    Table table = TABLES[(how & 0xf) % TABLES.length];
    byte[] content = choices.rest();
    if ((how & SIGNED) != 0) {
      sign(content, table);
    }
    Path state = Files.createTempDirectory(directory, "state");
    Path file = new JournalFiles(state).path(table, 1);
    Files.createDirectories(file.getParent());
    Files.write(file, content);

    JournalFixture fixture = new JournalFixture(state);
    Loaded loaded = new Loaded(fixture);
    fixture.journal.load(Answers.STALE, loaded);
    fixture.journal.turn();

    assertThat(wholeRecords(content)).containsAll(loaded.keys);
    assertThat(fixture.count(Counter.JOURNAL_SET_ASIDE)).isLessThanOrEqualTo(1);
    assertThat(loaded.answers).hasSizeLessThanOrEqualTo(content.length / RecordBuffer.KEY_OFFSET);
    if ((how & LEARN) != 0) {
      fixture.learn(Answers.key("new.example.org"), 4711);
      fixture.journal.turn();
      fixture.crash();
      assertThat(fixture.loadEntries()).containsKey(Answers.key("new.example.org"));
    }
    fixture.files.disown();
    delete();
    Files.createDirectories(directory);
  }

  /** Takes what comes back as far as the server would. */
  private static final class Loaded implements Recall {

    private final JournalFixture fixture;
    private final List<CacheKey> answers = new ArrayList<>();
    private final Set<ByteBuffer> keys = new HashSet<>();

    Loaded(JournalFixture fixture) {
      this.fixture = fixture;
    }

    @Override
    public void answer(CacheKey key, CacheEntry entry) {
      answers.add(key);
      byte[] out = new byte[70_000];
      assertThat(entry.answer().writeMessage(key.question(), out)).isPositive();
      assertThat(entry.isFresh(fixture.nanos) || entry.isStale(fixture.nanos)).isTrue();
    }

    @Override
    public void value(Table table, byte[] key, byte[] value) {
      keys.add(ByteBuffer.wrap(key));
      CacheKey question = new QuestionKeys(fixture.routes).question(key);
      switch (table) {
        case PINS -> {
          if (question != null) {
            var _ = new PinCodec().decode(question, value);
          }
        }
        case FAILURES -> {
          var _ = FailureCodec.decode(value, fixture.wallMillis, fixture.nanos);
        }
        case HISTORIES -> {
          if (question != null) {
            var _ = new HistoryCodec().decode(question, value, fixture.wallMillis, fixture.nanos);
          }
        }
        case UPSTREAMS -> assertThat(value).isNotNull();
        case ANSWERS -> throw new AssertionError("an answer as a value");
      }
    }
  }

  /** Keys of all that could be a record of the file, wherever it begins. */
  private static Set<ByteBuffer> wholeRecords(byte[] content) {
    Set<ByteBuffer> keys = new HashSet<>();
    ByteBuffer bytes = ByteBuffer.wrap(content);
    for (int at = SegmentHeader.LENGTH; at + RecordBuffer.KEY_OFFSET <= content.length; at++) {
      int length = bytes.getInt(at + RecordBuffer.LENGTH_OFFSET);
      int keyLength = bytes.getShort(at + RecordBuffer.KEY_LENGTH_OFFSET);
      boolean fits =
          length >= RecordBuffer.KEY_OFFSET
              && length <= content.length - at
              && keyLength >= 0
              && keyLength <= length - RecordBuffer.KEY_OFFSET;
      if (fits && sum(content, at + RecordBuffer.MARKER_OFFSET, at + length) == bytes.getInt(at)) {
        keys.add(bytes.slice(at + RecordBuffer.KEY_OFFSET, keyLength));
      }
    }
    return keys;
  }

  /** Makes a header and the sums of the records that follow each other. */
  private static void sign(byte[] content, Table table) {
    if (content.length < SegmentHeader.LENGTH) {
      return;
    }
    int marker = 0x0badcafe;
    new SegmentHeader(table, 1, marker).write(content);
    ByteBuffer bytes = ByteBuffer.wrap(content);
    int at = SegmentHeader.LENGTH;
    while (at + RecordBuffer.KEY_OFFSET <= content.length) {
      int length = bytes.getInt(at + RecordBuffer.LENGTH_OFFSET) & 0xffff;
      int end = Math.clamp((long) at + length, at + RecordBuffer.KEY_OFFSET, content.length);
      bytes.putInt(at + RecordBuffer.LENGTH_OFFSET, end - at);
      bytes.putInt(at + RecordBuffer.MARKER_OFFSET, marker);
      bytes.putInt(at, sum(content, at + RecordBuffer.MARKER_OFFSET, end));
      at = end;
    }
  }

  private static int sum(byte[] content, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(content, from, to - from);
    return (int) crc.getValue();
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
