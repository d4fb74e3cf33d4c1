package dev.holdfast.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.TestKind;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Ten million names that nobody asks for again, 50,000 a second by the clock of the caches, which
 * have the size of a large heap's. Beside them stand a thousand that are asked for once a second.
 */
@Attack(value = Threat.CACHE_FLOODING, kind = TestKind.LOAD)
final class NameFloodTest {

  private static final int FLOOD = 10_000_000;
  private static final int FLOOD_PER_SECOND = 50_000;
  private static final long NANOS_PER_NAME = TimeUnit.SECONDS.toNanos(1) / FLOOD_PER_SECOND;
  private static final int WANTED = 1_000;
  private static final int NAMES_PER_QUERY = FLOOD_PER_SECOND / WANTED;

  private static final int TTL_SECONDS = 300;
  private static final long CACHE_BYTES = 128L << 20;
  private static final long HISTORIES_BYTES = 64L << 20;
  private static final int REFRESHES = 3;

  private static final int DIGITS_OFFSET = 2; // behind a length and a letter
  private static final int DIGITS = 8;

  private final Answer answer = Entries.answer(4, TTL_SECONDS);
  private final byte[] qname = Names.parse("n00000000.example.org");
  private final CacheKey[] wanted =
      IntStream.range(0, WANTED)
          .mapToObj(i -> CacheKeyTest.key("www" + i + ".example.org", RecordType.A))
          .toArray(CacheKey[]::new);
  private final AnswerCache cache = new AnswerCache(CACHE_BYTES);

  private long nowNanos = Entries.NOW;

  @Test
  void put_tenMillionNames_leaveWhatIsAskedFor() {
    for (CacheKey key : wanted) {
      put(key);
    }
    for (int i = 0; i < FLOOD; i++) {
      nowNanos += NANOS_PER_NAME;
      CacheKey unique = unique(i);
      cache.lookup(unique, nowNanos);
      put(unique);
      if (i % NAMES_PER_QUERY == 0) {
        cache.lookup(wanted[i / NAMES_PER_QUERY % WANTED], nowNanos);
      }
    }

    assertThat(wanted)
        .filteredOn(key -> cache.lookup(key, nowNanos) != null)
        .hasSizeGreaterThan(WANTED * 99 / 100);
    assertThat(cache.sizeBytes()).isBetween(CACHE_BYTES / 2, CACHE_BYTES);
    assertThat(cache.evictions()).isEqualTo(FLOOD + WANTED - cache.size());
  }

  private void put(CacheKey key) {
    cache.put(key, new CacheEntry(answer, ReplyKind.POSITIVE, TTL_SECONDS, 0, nowNanos));
  }

  /* An answer with a TTL of 0 is not cached: all that is kept of it is its history. */
  @Test
  void answered_tenMillionNamesWithoutTtl_leaveTheHistoriesOfProvenNames() {
    Histories histories = new Histories(HISTORIES_BYTES, cache);
    for (int i = 0; i <= REFRESHES; i++) {
      for (CacheKey key : wanted) {
        histories.answered(key, answer, /* cached= */ false, nowNanos);
      }
      nowNanos += TimeUnit.HOURS.toNanos(1);
    }
    for (int i = 0; i < FLOOD; i++) {
      nowNanos += NANOS_PER_NAME;
      histories.answered(unique(i), answer, /* cached= */ false, nowNanos);
    }

    assertThat(Stream.of(wanted).map(histories::find))
        .filteredOn(history -> history != null && history.refreshes() == REFRESHES)
        .hasSizeGreaterThan(WANTED * 99 / 100);
    assertThat(histories.evictions()).isEqualTo(FLOOD + WANTED - histories.size());
  }

  private CacheKey unique(int number) {
    for (int i = DIGITS_OFFSET + DIGITS - 1, rest = number; rest > 0; i--, rest /= 10) {
      qname[i] = (byte) ('0' + rest % 10);
    }
    return CacheKey.of(
        0, qname, RecordType.A, /* dnssecOk= */ false, /* checkingDisabled= */ false);
  }
}
