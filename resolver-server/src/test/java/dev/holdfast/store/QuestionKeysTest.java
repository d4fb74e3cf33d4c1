package dev.holdfast.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class QuestionKeysTest {

  private static final CacheKey QUESTION = Answers.key("api.example.org");

  private final QuestionKeys keys = new QuestionKeys(RouteNames.ROOT_ONLY);

  @Test
  void question_ofKey_isTheSame() {
    byte[] key = requireNonNull(keys.key(QUESTION));

    assertThat(keys.question(key)).isEqualTo(QUESTION);
    for (int length = 0; length < key.length; length++) {
      assertThat(keys.question(Arrays.copyOf(key, length))).isNull();
    }
  }
}
