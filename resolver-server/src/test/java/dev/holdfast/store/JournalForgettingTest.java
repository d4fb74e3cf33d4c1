package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is removed or flushed does not come back. */
class JournalForgettingTest extends JournalTests {

  @Test
  void remove_keptAnswer_isGone() throws Exception {
    fixture.learn(WWW, 1);
    fixture.learn(API, 2);
    fixture.journal.turn();
    fixture.journal.remove(WWW);
    fixture.restart();

    assertThat(fixture.load()).containsOnlyKeys(API);
  }

  @Test
  void remove_beforeLoading_isNotBroughtBack() throws Exception {
    fixture.learn(WWW, 1);
    fixture.restart();
    fixture.journal.remove(WWW);

    assertThat(fixture.load()).isEmpty();
  }

  @Test
  void flush_subtree_forgetsWhatIsOnDiskAndWhatWaits() throws Exception {
    fixture.learn(WWW, 1);
    fixture.learn(NET, 2);
    fixture.restart();
    fixture.learn(API, 3);
    byte[] org = Names.parse("example.org");

    assertThat(fixture.journal.flush(key -> Names.endsWith(key.qname(), org))).isTrue();
    fixture.journal.turn();

    assertThat(fixture.load()).containsOnlyKeys(NET);
    fixture.crash();
    assertThat(fixture.load()).containsOnlyKeys(NET);
  }

  @Test
  void flush_answerLearntAfterwards_stays() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.turn();
    fixture.journal.flush(key -> true);
    fixture.learn(WWW, 2);
    fixture.restart();

    assertThat(fixture.load()).containsExactly(Map.entry(WWW, 2));
  }

  @Test
  void flush_beforeLoading_isNotBroughtBack() throws Exception {
    fixture.learn(WWW, 1);
    fixture.restart();
    fixture.journal.flush(key -> true);

    assertThat(fixture.load()).isEmpty();
  }

  @Test
  void flush_duringLoading_holdsForWhatFollows() throws Exception {
    fixture.learn(WWW, 1);
    fixture.learn(API, 2);
    fixture.restart();
    List<CacheKey> delivered = new ArrayList<>();

    fixture.journal.load(
        Answers.STALE,
        (key, entry) -> {
          delivered.add(key);
          fixture.journal.flush(each -> true);
        });

    assertThat(delivered).containsExactly(API);
  }
}
