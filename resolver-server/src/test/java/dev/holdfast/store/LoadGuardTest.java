package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import org.junit.jupiter.api.Test;

/** What was forgotten while a journal is loaded does not come back. */
class LoadGuardTest {

  private static final CacheKey KEY = Answers.key("www.example.org");
  private static final CacheEntry ENTRY = Answers.entry(KEY, 1, /* nowNanos= */ 0);

  private final LoadGuard guard = new LoadGuard();

  @Test
  void deliver_forgottenBefore_isKeptBackUntilTheEnd() {
    guard.remove(KEY);
    assertThat(deliver()).isFalse();
    guard.end();

    guard.begin();
    assertThat(deliver()).isTrue();
  }

  @Test
  void deliver_moreForgottenThanIsRemembered_bringsNothingBackUntilTheEnd() {
    for (int i = 0; i <= LoadGuard.MAX_FORGOTTEN; i++) {
      guard.remove(Answers.key("n" + i + ".example.org"));
    }
    assertThat(deliver()).isFalse();
    guard.end();

    guard.begin();
    assertThat(deliver()).isTrue();
  }

  private boolean deliver() {
    return guard.deliver(KEY, ENTRY, (key, entry) -> {});
  }
}
