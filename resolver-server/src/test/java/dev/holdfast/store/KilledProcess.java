package dev.holdfast.store;

import dev.holdfast.cache.CacheKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that learns numbered answers and says how far it has come, until it is killed: lines of
 * {@code NUMBER MILLIS}, where all answers up to the number had been offered at that time.
 */
final class KilledProcess {

  /** Names that the numbers are spread over, so that later answers replace earlier ones. */
  static final int NAMES = 20_000;

  /** Small enough for files to be written anew all the time. */
  static final JournalConfig CONFIG = new JournalConfig(16 << 20);

  private static final int ANSWERS_AT_ONCE = 20;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LONGEST_LIFE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private KilledProcess() {}

  /** Takes the state directory and the first number. */
  public static void main(String[] arguments) {
    long endNanos = System.nanoTime() + LONGEST_LIFE_NANOS;
    Journal journal = Journal.open(Path.of(arguments[0]), CONFIG, RouteNames.ROOT_ONLY);
    Thread.ofPlatform()
        .daemon()
        .start(() -> journal.load(Answers.STALE, (key, entry) -> Answers.number(key, entry)));
    int number = Integer.parseInt(arguments[1]);
    while (System.nanoTime() - endNanos < 0) {
      for (int i = 0; i < ANSWERS_AT_ONCE; i++) {
        CacheKey key = key(number);
        if (!journal.offer(key, Answers.entry(key, number, System.nanoTime()))) {
          throw new IllegalStateException("not kept: " + number);
        }
        number++;
      }
      System.out.println(number - 1 + " " + System.currentTimeMillis());
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    journal.close(Duration.ofSeconds(5));
  }

  static CacheKey key(int number) {
    return Answers.key("host" + number % NAMES + ".example.org");
  }
}
