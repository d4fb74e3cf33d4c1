package dev.holdfast.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HeavyHittersTest {

  private static final byte[] LABEL = {1, 'x', 0};

  private final HeavyHitters hitters = new HeavyHitters(16);

  @Test
  void add_fewKeys_countsExactly() {
    add(1, 3);
    add(2, 1);
    add(1, 2);

    assertThat(counts()).containsExactlyInAnyOrderEntriesOf(Map.of(1L, 5L, 2L, 1L));
  }

  @Test
  void add_frequentAmongManyRare_isFoundAndNeverOverstated() {
    Random random = new Random(7);
    long sightings = 0;
    for (int i = 0; i < 100_000; i++) {
      boolean frequent = random.nextInt(4) == 0;
      sightings += frequent ? 1 : 0;
      add(frequent ? 42 : 1000 + random.nextInt(1_000_000), 1);
    }

    assertThat(counts().get(42L)).isBetween(sightings * 9 / 10, sightings);
  }

  @Test
  void halve_oldSightings_weighLess() {
    add(1, 8);
    hitters.halve();
    add(2, 5);

    assertThat(counts()).containsExactlyInAnyOrderEntriesOf(Map.of(1L, 4L, 2L, 5L));
  }

  private void add(long key, long weight) {
    hitters.add(0, key, LABEL, 0, LABEL.length, weight);
  }

  private Map<Long, Long> counts() {
    return Arrays.stream(hitters.read())
        .collect(Collectors.toMap(HeavyHitters.Hitter::keyLow, HeavyHitters.Hitter::count));
  }
}
