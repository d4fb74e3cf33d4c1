package dev.holdfast.cache;

import static dev.holdfast.cache.CacheKeyTest.key;
import static dev.holdfast.cache.Entries.NOW;
import static dev.holdfast.cache.Entries.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.FailureMemory.Failure;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FailureMemoryTest {

  private static final CacheKey KEY = key("www.example.org", RecordType.A);

  private final FailureMemory memory = new FailureMemory();

  @Test
  void remember_failuresInARow_pauseDoublesTo30Seconds() {
    long nowNanos = NOW;
    for (int longest : new int[] {1, 2, 4, 8, 16, 30, 30, 30}) {
      memory.remember(KEY, Rcode.SERVFAIL, nowNanos);

      long pauseNanos = recall(KEY, nowNanos).untilNanos() - nowNanos;
      assertThat(pauseNanos).isBetween(seconds(0.9 * longest), seconds(longest));
      assertThat(memory.recall(KEY, nowNanos + pauseNanos - 1)).isNotNull();
      assertThat(memory.recall(KEY, nowNanos + pauseNanos)).isNull();
      nowNanos += pauseNanos;
    }
  }

  @Test
  void listen_hearsOfQuestionsThatFailAgainAndAgain() {
    List<String> heard = new ArrayList<>();
    memory.listen((key, failure) -> heard.add(failure == null ? "gone" : "" + failure.failures()));
    for (int i = 0; i < 4; i++) {
      memory.remember(KEY, Rcode.SERVFAIL, NOW);
    }
    memory.remember(key("once.example.org", RecordType.A), Rcode.SERVFAIL, NOW);
    memory.clear();

    assertThat(heard).containsExactly("3", "4", "gone");
  }

  @Test
  void restore_goesOnWhereItWas() {
    memory.restore(KEY, new Failure(Rcode.REFUSED, 4, NOW + 1));
    assertThat(recall(KEY, NOW).rcode()).isEqualTo(Rcode.REFUSED);

    memory.remember(KEY, Rcode.SERVFAIL, NOW + 1);

    assertThat(recall(KEY, NOW + 1).failures()).isEqualTo(5);
  }

  @Test
  void remember_manyQuestions_pausesAreNotInStep() {
    Set<Long> pauses = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      CacheKey key = key("name" + i + ".example.org", RecordType.A);
      memory.remember(key, Rcode.SERVFAIL, NOW);
      pauses.add(recall(key, NOW).untilNanos());
    }

    assertThat(pauses).hasSizeGreaterThan(90);
  }

  @Test
  void recall_tellsTheLastRcodeOfThatQuestionOnly() {
    memory.remember(KEY, Rcode.SERVFAIL, NOW);
    memory.remember(KEY, Rcode.REFUSED, NOW + seconds(1));

    assertThat(recall(KEY, NOW + seconds(1)).rcode()).isEqualTo(Rcode.REFUSED);
    assertThat(memory.recall(key("www.example.org", RecordType.AAAA), NOW)).isNull();
    assertThat(memory.recall(KEY.otherDnssecVariant(), NOW)).isNull();
  }

  @Test
  void forget_beginsAnew() {
    memory.remember(KEY, Rcode.SERVFAIL, NOW);
    memory.remember(KEY, Rcode.SERVFAIL, NOW + seconds(1));

    memory.forget(KEY);

    assertThat(memory.recall(KEY, NOW + seconds(1))).isNull();
    memory.remember(KEY, Rcode.SERVFAIL, NOW + seconds(2));
    assertThat(recall(KEY, NOW + seconds(2)).untilNanos()).isLessThanOrEqualTo(NOW + seconds(3));
  }

  @Test
  void remember_longAfterTheLastPause_beginsAnew() {
    long nowNanos = NOW;
    for (int i = 0; i < 8; i++) {
      memory.remember(KEY, Rcode.SERVFAIL, nowNanos);
      nowNanos = recall(KEY, nowNanos).untilNanos();
    }

    nowNanos += seconds(300);
    memory.remember(KEY, Rcode.SERVFAIL, nowNanos);

    assertThat(recall(KEY, nowNanos).untilNanos()).isLessThanOrEqualTo(nowNanos + seconds(1));
  }

  @Test
  void clear_forgetsAll() {
    memory.remember(KEY, Rcode.SERVFAIL, NOW);

    memory.clear();

    assertThat(memory.recall(KEY, NOW)).isNull();
    assertThat(memory.size()).isZero();
  }

  @Test
  void remember_moreThanTheBound_forgetsSome() {
    for (int i = 0; i < 3 * FailureMemory.MAX_QUESTIONS; i++) {
      memory.remember(key("name" + i + ".example.org", RecordType.A), Rcode.SERVFAIL, NOW);
    }

    assertThat(memory.size()).isLessThanOrEqualTo(FailureMemory.MAX_QUESTIONS);
  }

  private Failure recall(CacheKey key, long nowNanos) {
    return Objects.requireNonNull(memory.recall(key, nowNanos));
  }
}
