package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading as many answers as a busy forwarder knows. */
class JournalLoadTest {

  private static final int ANSWERS = 100_000;

  @TempDir private Path directory;

  @Test
  void load_hundredThousandAnswers_fillsTheCache() {
    Journal first = Journal.open(directory, JournalConfig.DEFAULTS, RouteNames.ROOT_ONLY);
    for (int i = 0; i < ANSWERS; i++) {
      CacheKey key = Answers.key("host" + i + ".example.org");
      CacheEntry entry = Answers.entry(key, i, System.nanoTime());
      Await.until("a place in the queue", () -> first.offer(key, entry));
    }
    assertThat(first.close(Duration.ofMinutes(1))).isTrue();
    AnswerCache cache = new AnswerCache(128 << 20);

    long beforeOpen = System.nanoTime();
    Journal second = Journal.open(directory, JournalConfig.DEFAULTS, RouteNames.ROOT_ONLY);
    long beforeLoad = System.nanoTime();
    long loaded = second.load(Answers.STALE, cache::putIfAbsent);
    long afterLoad = System.nanoTime();

    System.out.printf(
        "%d answers loaded in %d ms, %d bytes on disk, opened in %d ms%n",
        loaded,
        Duration.ofNanos(afterLoad - beforeLoad).toMillis(),
        second.sizeBytes(),
        Duration.ofNanos(beforeLoad - beforeOpen).toMillis());
    second.close(Duration.ofMinutes(1));
    assertThat(loaded).isEqualTo(ANSWERS);
    assertThat(cache.size()).isEqualTo(ANSWERS);
    assertThat(cache.lookup(Answers.key("host4711.example.org"))).isNotNull();
  }
}
