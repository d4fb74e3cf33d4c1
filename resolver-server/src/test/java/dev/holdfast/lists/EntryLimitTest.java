package dev.holdfast.lists;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EntryLimitTest {

  @Test
  void open_moreEntriesThanAllowed_areCutAndCounted(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("ads"), "a.example\nb.example\nc.example\n");
    ListConfig ads = new ListConfig("ads", file, ListAction.NULL_ADDRESS, ListReason.BLOCKED);
    LocalConfig config =
        new LocalConfig(
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(ads),
            Duration.ofMinutes(1),
            /* maxEntries= */ 2);

    LocalPolicyFiles files = LocalPolicyFiles.open(config);

    assertThat(files.counters().get(Counter.LIMIT_LIST_ENTRIES)).isEqualTo(1);
  }
}
