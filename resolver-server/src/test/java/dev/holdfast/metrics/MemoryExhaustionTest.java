package dev.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What counts as the end of the heap; that a process ends by it is shown by a process. */
class MemoryExhaustionTest {

  @Test
  void isExhaustion_heap_isOneWhereverItShows() {
    OutOfMemoryError heap = new OutOfMemoryError("Java heap space");

    assertThat(MemoryExhaustion.isExhaustion(heap)).isTrue();
    assertThat(MemoryExhaustion.isExhaustion(new IllegalStateException(new IOException(heap))))
        .isTrue();
  }

  @Test
  void isExhaustion_directMemoryOrAnythingElse_isNone() {
    assertThat(
            MemoryExhaustion.isExhaustion(
                new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory")))
        .isFalse();
    assertThat(MemoryExhaustion.isExhaustion(new StackOverflowError())).isFalse();
    assertThat(MemoryExhaustion.isExhaustion(causedByItself())).isFalse();
  }

  private static Exception causedByItself() {
    Exception one = new Exception("one");
    one.initCause(new Exception("two", one));
    return one;
  }
}
