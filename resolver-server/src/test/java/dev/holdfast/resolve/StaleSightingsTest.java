package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StaleSightingsTest {

  private final StaleSightings sightings = new StaleSightings();

  @Test
  void note_sameQuestion_countsItsAnswers() {
    sightings.note(key("www.example.org"), 1);
    sightings.note(key("www.example.org"), 7);

    assertThat(seen(8)).containsExactly(new StaleSighting(key("www.example.org"), 2, 7));
  }

  @Test
  void forEach_longAfter_handsOverNothing() {
    sightings.note(key("www.example.org"), 1);

    assertThat(seen(1 + StaleSightings.FORGOTTEN_AFTER_NANOS)).hasSize(1);
    assertThat(seen(2 + StaleSightings.FORGOTTEN_AFTER_NANOS)).isEmpty();
  }

  @Test
  void note_manyQuestions_staysWithinItsPlaces() {
    for (int i = 0; i < 10_000; i++) {
      sightings.note(key("n" + i + ".example.org"), 1);
    }
    assertThat(seen(2)).hasSize(StaleSightings.MAX_QUESTIONS);

    long later = 2 + StaleSightings.FORGOTTEN_AFTER_NANOS;
    sightings.note(key("later.example.org"), later);
    assertThat(seen(later)).containsExactly(new StaleSighting(key("later.example.org"), 1, later));
  }

  private List<StaleSighting> seen(long nowNanos) {
    List<StaleSighting> seen = new ArrayList<>();
    sightings.forEach(nowNanos, seen::add);
    return seen;
  }

  private static CacheKey key(String name) {
    return CacheKey.of(0, Names.parse(name), RecordType.A, false, false);
  }
}
