package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentLogTest {

  private static final int SEGMENT_BYTES = 1000;
  private static final long SOON = 100;
  private static final long LATER = 1000;

  @TempDir private Path directory;
  private JournalFiles files;
  private SegmentLog log;

  @BeforeEach
  void open() throws IOException {
    files = new JournalFiles(directory);
    Files.createDirectories(files.directory());
    reopen();
  }

  @Test
  void tidy_recordThatEnded_goesOnHidingOlderOnes() throws Exception {
    put("a", "old", LATER);
    put("d", "4", LATER);
    put("e", "x".repeat(600), LATER);
    log.write();
    log.seal();
    put("a", "new", SOON);
    put("b", "1", LATER);
    log.write();
    log.seal();
    put("b", "2", LATER);
    put("c", "x".repeat(600), LATER);
    log.write();
    log.seal();
    reopen();
    assertThat(scan()).containsExactly("c", "b=2", "a=new", "e", "d=4");

    assertThat(log.tidy(SOON + 1)).isTrue();

    assertThat(scan()).containsExactly("c", "b=2", "e", "d=4");
    reopen();
    assertThat(scan()).containsExactly("c", "b=2", "e", "d=4");
  }

  @Test
  void tidy_removalInTheOldestFile_isForgotten() throws Exception {
    put("a", "1", LATER);
    put("filler", "x".repeat(600), LATER);
    log.write();
    log.seal();
    log.batch().remove(bytes("a"));
    put("c", "x".repeat(600), LATER);
    log.write();
    log.seal();
    reopen();
    assertThat(scan()).containsExactly("c", "filler");
    assertThat(log.keys()).isEqualTo(3);

    assertThat(log.dropOldest()).isTrue();
    put("c", "2", LATER);
    log.write();
    while (log.tidy(0)) {
      assertThat(log.sizeBytes()).isPositive();
    }

    assertThat(log.keys()).isEqualTo(1);
    reopen();
    assertThat(scan()).containsExactly("c=2");
  }

  @Test
  void scan_neighboursMergedButNotYetDeleted_countsEveryRecordOnce() throws Exception {
    put("a", "1", LATER);
    log.write();
    log.seal();
    put("b", "2", LATER);
    log.write();
    log.seal();
    Path second = files.path(Table.ANSWERS, 2);
    byte[] beforeMerge = Files.readAllBytes(second);
    reopen();
    scan();
    assertThat(log.tidy(0)).isTrue();
    assertThat(second).doesNotExist();
    Files.write(second, beforeMerge);

    reopen();

    assertThat(scan()).containsExactly("b=2", "a=1");
    assertThat(log.tidy(0)).isTrue();
    reopen();
    assertThat(scan()).containsExactly("b=2", "a=1");
  }

  @Test
  void tidy_beforeTheFirstScan_doesNothing() throws Exception {
    put("a", "1", LATER);
    log.write();
    put("a", "2", LATER);
    log.write();
    log.seal();

    assertThat(log.tidy(LATER + 1)).isFalse();
  }

  private void reopen() throws IOException {
    log = new SegmentLog(files, Table.ANSWERS, SEGMENT_BYTES, new RecordBuffer(), true);
  }

  /* Long values are left out. */
  private List<String> scan() throws IOException {
    List<String> found = new ArrayList<>();
    log.scan(
        record -> {
          String key = new String(record.key(), StandardCharsets.US_ASCII);
          String value = new String(record.value(), StandardCharsets.US_ASCII);
          found.add(value.length() > 10 ? key : key + "=" + value);
        });
    return found;
  }

  private void put(String key, String value, long endsAtMillis) throws IOException {
    log.batch().put(bytes(key), bytes(value), endsAtMillis);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
