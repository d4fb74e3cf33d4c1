package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Files that are torn, damaged, foreign or of another version, and disks that fail. */
class JournalDamageTest {

  private static final int ANSWERS = 50;
  private static final int VERSION_OFFSET = 8;

  private final ListAppender<ILoggingEvent> messages = new ListAppender<>();
  @TempDir private Path directory;
  private JournalFixture fixture;

  @BeforeEach
  void open() {
    Logger logger = (Logger) LoggerFactory.getLogger("dev.holdfast.store");
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(messages);
    messages.start();
    fixture = new JournalFixture(directory.resolve("state"));
  }

  @AfterEach
  void detach() {
    ((Logger) LoggerFactory.getLogger("dev.holdfast.store")).detachAppender(messages);
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void open_fileCutAnywhere_keepsWhatCameBefore() throws Exception {
    byte[] whole = Files.readAllBytes(written());
    int[] ends = recordEnds(whole);

    for (int length = 0; length < whole.length; length += length < 200 ? 1 : 7) {
      replaceContent(Arrays.copyOf(whole, length));

      Map<CacheKey, Integer> loaded = fixture.load();

      int cut = length;
      int complete = (int) Arrays.stream(ends).filter(end -> end <= cut).count();
      assertThat(loaded).as("%d bytes", length).hasSize(complete);
      for (int i = 0; i < complete; i++) {
        assertThat(loaded).containsEntry(name(i), i);
      }
    }
  }

  @Test
  void open_fileCutInARecord_saysSoAndGoesOn() throws Exception {
    byte[] whole = Files.readAllBytes(written());
    replaceContent(Arrays.copyOf(whole, whole.length - 1));
    fixture.load();

    assertThat(theMessage()).contains("was cut short at byte").contains("49 records before");
    fixture.journal.turn();
    assertThat(fixture.asideFiles()).isEmpty();
    assertThat(afterCrash()).hasSize(ANSWERS - 1);
    assertThat(messages.list).as("said once").hasSize(1);
  }

  @Test
  void open_zerosBehindTheEnd_keepsEverything() throws Exception {
    byte[] whole = Files.readAllBytes(written());
    replaceContent(Arrays.copyOf(whole, whole.length + 5000));

    assertThat(fixture.load()).hasSize(ANSWERS);
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void open_bitTurned_losesOneRecordAndKeepsTheFileForInspection() throws Exception {
    byte[] whole = Files.readAllBytes(written());
    int[] ends = recordEnds(whole);
    whole[(ends[9] + ends[10]) / 2] ^= 4;
    replaceContent(whole);

    Map<CacheKey, Integer> loaded = fixture.load();
    fixture.journal.turn();

    assertThat(loaded).hasSize(ANSWERS - 1).doesNotContainKey(name(10));
    assertThat(fixture.asideFiles()).hasSize(1);
    Path aside = fixture.asideFiles().getFirst();
    assertThat(aside).hasBinaryContent(whole);
    assertThat(fixture.count(Counter.JOURNAL_SET_ASIDE)).isEqualTo(1);
    assertThat(messages.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(message -> message.contains("is damaged at byte " + ends[9]))
        .anyMatch(message -> message.contains("kept as " + aside));
    assertThat(afterCrash()).isEqualTo(loaded);
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void open_anyBitTurned_bringsBackNothingWrong() throws Exception {
    byte[] whole = Files.readAllBytes(written());
    SplittableRandom random = new SplittableRandom(1);

    for (int i = 0; i < 500; i++) {
      byte[] damaged = whole.clone();
      int turned = 1 + random.nextInt(3);
      for (int j = 0; j < turned; j++) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      replaceContent(damaged);
      assertLoadedAnswersAreRight();
    }
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void open_blocksOfGarbage_bringsBackNothingWrong() throws Exception {
    byte[] whole = Files.readAllBytes(written());
    SplittableRandom random = new SplittableRandom(2);

    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      byte[] block = new byte[random.nextInt(1, 600)];
      switch (random.nextInt(3)) {
        case 0 -> random.nextBytes(block);
        case 1 -> Arrays.fill(block, (byte) 0);
        default -> System.arraycopy(whole, random.nextInt(1000), block, 0, block.length);
      }
      int at = random.nextInt(damaged.length - block.length);
      System.arraycopy(block, 0, damaged, at, block.length);
      replaceContent(damaged);
      assertLoadedAnswersAreRight();
    }
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void open_recordsOfAnotherFile_areNotTakenForItsOwn() throws Exception {
    byte[] first = Files.readAllBytes(written());
    fixture.files.delete(fixture.segments(Table.ANSWERS).getFirst());
    fixture.crash();
    byte[] second = Files.readAllBytes(written());
    System.arraycopy(first, first.length / 2, second, second.length / 2, first.length / 2);
    replaceContent(second);

    assertThat(fixture.load().size()).isBetween(ANSWERS / 2 - 2, ANSWERS / 2 + 1);
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void open_foreignFile_isSetAsideAndSaidInOneLine() throws Exception {
    Path file = written();
    byte[] foreign = "SQLite format 3 and so on".getBytes(StandardCharsets.US_ASCII);
    replaceContent(foreign);

    assertThat(fixture.load()).isEmpty();
    assertThat(theMessage())
        .isEqualTo(
            "journal: %s is not a file of Holdfast's journal; set aside as %s"
                .formatted(file, fixture.asideFiles().getFirst()));
    assertThat(fixture.asideFiles().getFirst()).hasBinaryContent(foreign);
    assertThat(fixture.count(Counter.JOURNAL_SET_ASIDE)).isEqualTo(1);
    assertThat(learnsAgain()).isTrue();
  }

  @Test
  void open_olderAndNewerVersion_areSetAside() throws Exception {
    byte[] whole = Files.readAllBytes(written());
    byte[] older = whole.clone();
    ByteBuffer.wrap(older).putShort(VERSION_OFFSET, (short) (SegmentHeader.VERSION - 1));
    replaceContent(older);
    assertThat(theMessage())
        .contains("has format 0 of an older version of Holdfast (expected 1); set aside");
    messages.list.clear();

    fixture.crash();
    byte[] newer = whole.clone();
    ByteBuffer.wrap(newer).putShort(VERSION_OFFSET, (short) (SegmentHeader.VERSION + 1));
    Files.write(fixture.files.path(Table.ANSWERS, 1), newer);
    fixture.crash();

    assertThat(theMessage()).contains("of a newer version");
    assertThat(fixture.asideFiles()).hasSize(2);
    assertThat(learnsAgain()).isTrue();
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void open_directoryLinkOrHugeFileInPlaceOfAFile_isSetAside() throws Exception {
    written();
    Files.createDirectory(fixture.files.path(Table.ANSWERS, 7));
    Files.createSymbolicLink(
        fixture.files.path(Table.ANSWERS, 8), fixture.files.path(Table.ANSWERS, 1));
    try (var huge = fixture.files.create(fixture.files.path(Table.ANSWERS, 9))) {
      fixture.files.write(huge, ByteBuffer.wrap(new byte[1]), JournalFiles.MAX_SEGMENT_BYTES);
    }
    fixture.crash();

    assertThat(fixture.load()).hasSize(ANSWERS);
    assertThat(fixture.asideFiles()).hasSize(3);
    assertThat(learnsAgain()).isTrue();
  }

  @Test
  void open_foreignFilesAgainAndAgain_keepsAFewOfThem() throws Exception {
    for (int i = 1; i <= 2 * JournalFiles.MAX_SET_ASIDE; i++) {
      Files.writeString(fixture.files.path(Table.HISTORIES, i), "not ours");
    }
    fixture.crash();

    assertThat(fixture.asideFiles()).hasSize(JournalFiles.MAX_SET_ASIDE);
    assertThat(fixture.segments(Table.HISTORIES)).isEmpty();
  }

  @Test
  void open_foreignNames_areLeftAlone() throws Exception {
    written();
    for (String name : List.of("answers-1.log", "answers-9999999999.log", "notes.log", "a.txt")) {
      Files.writeString(fixture.directory().resolve(name), "left alone");
    }

    fixture.crash();

    assertThat(fixture.load()).hasSize(ANSWERS);
    assertThat(fixture.asideFiles()).isEmpty();
  }

  @Test
  void load_blocksThatCannotBeRead_bringsBackTheOthers() throws Exception {
    written();
    fixture.crash();
    fixture.files.unreadableFrom = 4096;

    assertThat(fixture.load().size()).isBetween(ANSWERS / 2, ANSWERS - 2);
  }

  @Test
  void open_readOnlyDisk_loadsKeepsNothingAndTriesAgain() throws Exception {
    written();
    fixture.readOnly = true;
    fixture.crash();

    assertThat(theMessage()).endsWith("what is learnt is not kept: Read-only file system");
    assertThat(fixture.load()).hasSize(ANSWERS);
    assertThat(fixture.journal.offer(name(1), Answers.entry(name(1), 1, 0))).isFalse();
    for (int i = 0; i < 10; i++) {
      fixture.advance(Duration.ofMinutes(1));
      fixture.journal.turn();
    }
    assertThat(messages.list).as("said once").hasSize(1);

    fixture.files.readOnly = false;
    fixture.advance(Duration.ofMinutes(1));
    fixture.journal.turn();
    assertThat(messages.list.getLast().getFormattedMessage())
        .endsWith("is written by this process now");
    fixture.readOnly = false;
    assertThat(learnsAgain()).isTrue();
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void turn_fullDisk_triesAgainAndLosesNothing() throws Exception {
    fixture.learn(name(0), 0);
    fixture.journal.turn();
    fixture.files.freeBytes = 500;
    for (int i = 1; i < ANSWERS; i++) {
      fixture.learn(name(i), i);
    }
    fixture.journal.turn();

    assertThat(theMessage()).contains("cannot write to").endsWith("No space left on device");
    assertThat(fixture.count(Counter.JOURNAL_WRITE_FAILURES)).isEqualTo(1);
    assertThat(fixture.journal.lagChanges()).isEqualTo(ANSWERS - 1);
    fixture.journal.turn();
    assertThat(fixture.count(Counter.JOURNAL_WRITE_FAILURES)).as("paused").isEqualTo(1);
    for (int i = 0; i < 20; i++) {
      fixture.advance(Duration.ofMinutes(1));
      fixture.journal.turn();
    }
    assertThat(fixture.journal.lagMillis()).isEqualTo(Duration.ofMinutes(20).toMillis());
    assertThat(fixture.segments(Table.ANSWERS)).as("no litter").hasSize(1);
    assertThat(messages.list).as("said once").hasSize(1);

    fixture.files.freeBytes = Long.MAX_VALUE;
    fixture.learn(name(1), 1001);
    fixture.advance(Duration.ofMinutes(1));
    fixture.journal.turn();

    assertThat(messages.list.getLast().getFormattedMessage()).endsWith("can be written again");
    assertThat(fixture.journal.lagChanges()).isZero();
    assertThat(afterCrash()).hasSize(ANSWERS).containsEntry(name(1), 1001);
  }

  @Test
  void close_fullDisk_saysWhatIsLost() {
    fixture.files.freeBytes = 0;
    fixture.learn(name(0), 0);

    fixture.journal.start();

    assertThat(fixture.journal.close(Duration.ofMinutes(1))).isFalse();
    assertThat(messages.list.getLast().getFormattedMessage())
        .endsWith("closed after at most PT1M with 1 changes unwritten");
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void turn_fullDiskAndFullMemory_dropsAndCounts() {
    fixture.files.freeBytes = 0;
    CacheKey key = name(0);
    long refused = 0;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < ChangeQueue.CAPACITY; j++) {
        CacheKey each = i == 0 ? key : name(i * ChangeQueue.CAPACITY + j);
        refused += fixture.journal.offer(each, Answers.entry(each, j, fixture.nanos)) ? 0 : 1;
      }
      fixture.journal.turn();
    }
    fixture.journal.turn();

    assertThat(refused).isPositive();
    assertThat(fixture.count(Counter.JOURNAL_DROPPED)).isEqualTo(refused);
    assertThat(fixture.journal.lagChanges()).isPositive();
  }

  private Path written() throws IOException {
    for (int i = 0; i < ANSWERS; i++) {
      fixture.learn(name(i), i);
    }
    fixture.journal.turn();
    return fixture.segments(Table.ANSWERS).getFirst();
  }

  private void replaceContent(byte[] content) throws IOException {
    fixture.files.disown();
    for (Path file : fixture.segments(Table.ANSWERS)) {
      Files.delete(file);
    }
    Files.write(fixture.files.path(Table.ANSWERS, 1), content);
    fixture.open();
  }

  private void assertLoadedAnswersAreRight() {
    fixture.load().forEach((key, number) -> assertThat(key).isEqualTo(name(number)));
  }

  private Map<CacheKey, Integer> afterCrash() throws IOException {
    fixture.crash();
    return fixture.load();
  }

  private boolean learnsAgain() throws IOException {
    fixture.learn(name(4711), 4711);
    fixture.journal.turn();
    return afterCrash().containsKey(name(4711));
  }

  private String theMessage() {
    assertThat(messages.list).hasSize(1);
    return messages.list.getFirst().getFormattedMessage();
  }

  private static CacheKey name(int number) {
    return Answers.key("host" + number + ".example.org");
  }

  /** Returns where each record ends, by the lengths in the file. */
  private static int[] recordEnds(byte[] file) {
    int[] ends = new int[ANSWERS];
    int end = SegmentHeader.LENGTH;
    for (int i = 0; i < ANSWERS; i++) {
      end += ByteBuffer.wrap(file).getInt(end + RecordBuffer.LENGTH_OFFSET);
      ends[i] = end;
    }
    return ends;
  }
}
