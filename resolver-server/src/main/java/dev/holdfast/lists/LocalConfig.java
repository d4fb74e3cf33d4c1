package dev.holdfast.lists;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What this server answers by itself, blocks or rewrites.
 *
 * @param records in zone file syntax, one each
 * @param hosts files in the format of /etc/hosts
 * @param allow names that are never blocked, and those below them
 * @param rpz response policy zones, the first one first
 * @param lists of names to block or to allow
 * @param answerTtl how long clients may remember that a name is blocked, and what hosts files say
 * @param maxEntries names and address blocks of all files together
 */
public record LocalConfig(
    List<String> records,
    List<Path> hosts,
    List<String> allow,
    List<RpzConfig> rpz,
    List<ListConfig> lists,
    Duration answerTtl,
    int maxEntries) {

  private static final Duration MAX_TTL = Duration.ofDays(1);
  private static final int MOST_ENTRIES = 20_000_000;

  public static final LocalConfig DEFAULTS =
      new LocalConfig(
          List.of(), List.of(), List.of(), List.of(), List.of(), Duration.ofMinutes(1), 2_000_000);

  public LocalConfig {
    records = List.copyOf(records);
    hosts = List.copyOf(hosts);
    allow = List.copyOf(allow);
    rpz = List.copyOf(rpz);
    lists = List.copyOf(lists);
    if (answerTtl.isNegative()
        || answerTtl.compareTo(MAX_TTL) > 0
        || answerTtl.toNanosPart() != 0) {
      throw new IllegalArgumentException(
          "answer-ttl: " + answerTtl + " (expected 0s..1d in whole seconds)");
    }
    if (maxEntries < 1 || maxEntries > MOST_ENTRIES) {
      throw new IllegalArgumentException(
          "max-entries: " + maxEntries + " (expected 1.." + MOST_ENTRIES + ")");
    }
  }

  /**
   * Returns a record as it is written.
   *
   * @throws IllegalArgumentException saying what was expected instead
   */
  public static String checkedRecord(String text) {
    Parsers.record(text, 0);
    return text;
  }

  int ttlSeconds() {
    return (int) answerTtl.toSeconds();
  }
}
