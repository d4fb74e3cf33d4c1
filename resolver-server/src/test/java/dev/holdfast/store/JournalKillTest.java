package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL at any moment: the journal opens, nothing in it is wrong, and what was learnt more than
 * two seconds before is there. {@code -Dholdfast.kills=100} kills more often.
 */
class JournalKillTest {

  private static final int KILLS = Integer.getInteger("holdfast.kills", 5);
  private static final long MAX_LOSS_MILLIS = 2000;
  private static final int LONGEST_LIFE_MILLIS = 5000;

  @TempDir private Path directory;

  /** How far a process said it had come, and when. */
  private record Progress(int number, long atMillis) {}

  /** What must be there, whatever happens: the least number of each name. */
  private final Map<CacheKey, Integer> expected = new HashMap<>();

  private int next;
  private long worstLossMillis;

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void open_afterKillAtAnyMoment_hasAllButTheLastTwoSeconds() throws Exception {
    SplittableRandom random = new SplittableRandom(20_251_020);
    for (int kill = 0; kill < KILLS; kill++) {
      /* Some die while they start, most while they write. */
      boolean early = kill % 5 == 4;
      int lifeMillis = random.nextInt(early ? 1500 : LONGEST_LIFE_MILLIS);
      List<Progress> progress = new ArrayList<>();
      long killedAtMillis = runAndKill(early, lifeMillis, progress);
      int first = next;
      for (Progress each : progress) {
        for (int number = next; number <= each.number; number++) {
          if (each.atMillis < killedAtMillis - MAX_LOSS_MILLIS) {
            expected.put(KilledProcess.key(number), number);
          }
        }
        next = each.number + 1;
      }

      Map<CacheKey, Integer> loaded = load();

      assertThat(loaded.values()).as("kill %d", kill).allMatch(number -> number < next + 20);
      expected.forEach(
          (key, number) ->
              assertThat(loaded.get(key)).as("%s", key).isNotNull().isGreaterThanOrEqualTo(number));
      assertThat(directory.resolve("journal/set-aside")).as("kill %d", kill).doesNotExist();
      noteLoss(loaded, first, progress, killedAtMillis);
      expected.putAll(loaded);
      next += 20;
    }
    System.out.printf(
        "%d kills, %d answers learnt, at most %d ms of learning lost%n",
        KILLS, next, worstLossMillis);
  }

  private long runAndKill(boolean early, int lifeMillis, List<Progress> progress) throws Exception {
    Process process = start(next);
    try (BufferedReader output = process.inputReader()) {
      if (!early) {
        progress.add(parse(output.readLine()));
      }
      Thread reader = Thread.ofPlatform().start(() -> readAll(output, progress));
      process.waitFor(lifeMillis, TimeUnit.MILLISECONDS);
      long killedAtMillis = System.currentTimeMillis();
      process.destroyForcibly().waitFor();
      reader.join();
      return killedAtMillis;
    } finally {
      process.destroyForcibly();
    }
  }

  private void noteLoss(
      Map<CacheKey, Integer> loaded, int first, List<Progress> progress, long killedAtMillis) {
    int newest = loaded.values().stream().mapToInt(Integer::intValue).max().orElse(first - 1);
    progress.stream()
        .filter(each -> each.number > newest)
        .findFirst()
        .ifPresent(
            lost -> worstLossMillis = Math.max(worstLossMillis, killedAtMillis - lost.atMillis));
  }

  private Process start(int firstNumber) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            KilledProcess.class.getName(),
            directory.toString(),
            Integer.toString(firstNumber))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void readAll(BufferedReader output, List<Progress> progress) {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.matches("[0-9]+ [0-9]{13}")) {
          progress.add(parse(line));
        }
      }
    } catch (IOException e) {
      /* The other end was killed. */
    }
  }

  private static Progress parse(String line) {
    String[] parts = line.split(" ", 2);
    return new Progress(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
  }

  private Map<CacheKey, Integer> load() throws IOException {
    Map<CacheKey, Integer> numbers = new HashMap<>();
    Journal journal = Journal.open(directory, KilledProcess.CONFIG, RouteNames.ROOT_ONLY);
    try {
      assertThat(journal.isWriting()).isTrue();
      journal.load(Answers.STALE, (key, entry) -> numbers.put(key, Answers.number(key, entry)));
    } finally {
      assertThat(journal.close(Duration.ofSeconds(30))).isTrue();
    }
    try (var files = Files.list(directory.resolve("journal"))) {
      assertThat(files.count()).isLessThan(200);
    }
    return numbers;
  }
}
