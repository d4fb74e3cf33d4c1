package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyIndexTest {

  @Test
  void index_randomOperations_agreesWithMap() {
    for (long seed = 1; seed <= 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      KeyIndex index = new KeyIndex();
      Map<Long, Long> model = new HashMap<>();
      for (int step = 0; step < 20_000; step++) {
        /* Few different low bits, so that slots collide. */
        long hash = random.nextLong(4000) << 32 | random.nextLong(64);
        long place = KeyIndex.place(1 + random.nextInt(8), random.nextInt(1 << 20));
        switch (random.nextInt(4)) {
          case 0 -> index.remove(hash, model.getOrDefault(hash, place));
          case 1 -> {
            index.remove(hash, place + 1);
            assertThat(index.get(hash)).isEqualTo(model.getOrDefault(hash, KeyIndex.NOWHERE));
            continue;
          }
          default -> {
            long before = index.put(hash, place);
            assertThat(before).isEqualTo(model.getOrDefault(hash, KeyIndex.NOWHERE));
            model.put(hash, place);
            continue;
          }
        }
        model.remove(hash);
      }
      assertThat(index.size()).isEqualTo(model.size());
      model.forEach((hash, place) -> assertThat(index.get(hash)).isEqualTo(place));

      index.removeSegment(3);
      model.values().removeIf(place -> KeyIndex.segment(place) == 3);
      assertThat(index.size()).isEqualTo(model.size());
      model.forEach((hash, place) -> assertThat(index.get(hash)).isEqualTo(place));
    }
  }

  @Test
  void hash_rangesOfDifferentKeys_differ() {
    byte[] bytes = "0123456789abcdef-0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    assertThat(KeyIndex.hash(bytes, 0, 16)).isEqualTo(KeyIndex.hash(bytes, 17, 16));
    assertThat(KeyIndex.hash(bytes, 0, 16)).isNotEqualTo(KeyIndex.hash(bytes, 0, 17));
    assertThat(KeyIndex.hash(bytes, 0, 3)).isNotEqualTo(KeyIndex.hash(bytes, 1, 3));
  }
}
