package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import org.junit.jupiter.api.Test;

class LeakCheckTest {

  private static final String HINT = "leaked on purpose";

  @Test
  void leaks_bufferThatNobodyReleased_isAmongThem() {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(Level.PARANOID);

    PooledByteBufAllocator.DEFAULT.directBuffer().touch(HINT);

    try {
      Await.until(
          "the leak", () -> LeakCheck.leaks().stream().anyMatch(leak -> leak.contains(HINT)));
    } finally {
      LeakCheck.forget(HINT);
    }
  }
}
