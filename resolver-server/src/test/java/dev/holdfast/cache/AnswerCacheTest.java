package dev.holdfast.cache;

import static dev.holdfast.cache.CacheKeyTest.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import org.junit.jupiter.api.Test;

final class AnswerCacheTest {

  private static final long MEBIBYTE = 1 << 20;
  private static final int FLOOD = 100_000;

  private final AnswerCache cache = new AnswerCache(MEBIBYTE);

  @Test
  void lookup_whatWasPut_isFoundWhateverItsAge() {
    CacheEntry entry = Entries.positive(1, 0);
    CacheKey key = key("www.example.org", RecordType.A);

    cache.put(key, entry);

    assertThat(cache.lookup(key("WWW.example.org", RecordType.A))).isSameAs(entry);
    assertThat(cache.lookup(key("www.example.org", RecordType.AAAA))).isNull();
    assertThat(cache.size()).isEqualTo(1);
  }

  @Test
  void put_again_replaces() {
    CacheKey key = key("www.example.org", RecordType.A);
    CacheEntry second = Entries.of(ReplyKind.NODATA, 5, 0);

    cache.put(key, Entries.positive(1, 0));
    cache.put(key, second);

    assertThat(cache.lookup(key)).isSameAs(second);
    assertThat(cache.size()).isEqualTo(1);
  }

  @Test
  void remove_forgets() {
    CacheKey key = key("www.example.org", RecordType.A);
    cache.put(key, Entries.positive(1, 0));

    cache.remove(key);

    assertThat(cache.lookup(key)).isNull();
    assertThat(cache.evictions()).isZero();
  }

  @Attack(Threat.CACHE_FLOODING)
  @Test
  void put_floodOfUniqueNames_staysWithinItsBytes() {
    for (int i = 0; i < FLOOD; i++) {
      cache.put(key("name" + i + ".example.org", RecordType.TXT), Entries.positive(300, 0));

      if (i % 1_000 == 0) {
        assertThat(cache.sizeBytes()).isLessThanOrEqualTo(MEBIBYTE);
      }
    }

    assertThat(cache.sizeBytes()).isBetween(MEBIBYTE / 2, MEBIBYTE);
    assertThat(cache.size()).isBetween(MEBIBYTE / 600, MEBIBYTE / 230);
    assertThat(cache.evictions()).isEqualTo(FLOOD - cache.size());
  }

  @Attack(Threat.HUGE_ANSWERS)
  @Test
  void put_largeAnswers_countByTheirBytes() {
    for (int i = 0; i < 200; i++) {
      CacheEntry large =
          new CacheEntry(Entries.answer(16_000, 300), ReplyKind.POSITIVE, 300, 0, Entries.NOW);
      cache.put(key("name" + i + ".example.org", RecordType.TXT), large);
    }

    assertThat(cache.sizeBytes()).isLessThanOrEqualTo(MEBIBYTE);
    assertThat(cache.size()).isLessThanOrEqualTo(MEBIBYTE / 16_000);
  }
}
