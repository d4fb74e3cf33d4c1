package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the journal keeps beside answers. */
class JournalValuesTest extends JournalTests {

  @Test
  void put_values_areRecalledByTableAndHistoriesThatDidNotVanishAfterAnswers() throws Exception {
    fixture.learn(WWW, 1);
    fixture.journal.put(Table.FAILURES, bytes("192.0.2.53"), bytes("down"));
    fixture.journal.put(Table.HISTORIES, bytes("www"), bytes("old"));
    fixture.journal.put(Table.PINS, bytes("www"), bytes("pinned"));
    fixture.journal.turn();
    fixture.journal.put(Table.HISTORIES, bytes("www"), bytes("\u0001\u0001www"));
    fixture.journal.put(Table.HISTORIES, bytes("api"), bytes("\u0001\u0000api"));
    fixture.journal.remove(Table.FAILURES, bytes("192.0.2.53"));
    fixture.restart();
    Recorded recorded = new Recorded();

    fixture.journal.load(Answers.STALE, recorded);

    assertThat(recorded.events)
        .containsExactly(
            "PINS www=pinned",
            "HISTORIES www=\u0001\u0001www",
            "answer " + WWW,
            "1 answers",
            "HISTORIES api=\u0001\u0000api");
  }

  @Test
  void put_tooLongOrWrongTable_isRejected() {
    assertThatThrownBy(
            () ->
                fixture.journal.put(
                    Table.HISTORIES, new byte[1], new byte[Journal.MAX_VALUE_LENGTH + 1]))
        .hasMessage("value: 65537 bytes (expected at most 65536)");
    assertThatThrownBy(
            () ->
                fixture.journal.put(
                    Table.HISTORIES, new byte[Journal.MAX_KEY_LENGTH + 1], new byte[0]))
        .hasMessage("key: 1025 bytes (expected at most 1024)");
    assertThatThrownBy(() -> fixture.journal.put(Table.ANSWERS, new byte[1], new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void put_longestKeyAndValue_comeBack() throws Exception {
    byte[] key = new byte[Journal.MAX_KEY_LENGTH];
    byte[] value = new byte[Journal.MAX_VALUE_LENGTH];
    Arrays.fill(value, (byte) 7);
    fixture.journal.put(Table.HISTORIES, key, value);
    fixture.restart();
    Map<String, byte[]> values = new HashMap<>();

    fixture.journal.load(
        Answers.STALE,
        new Recall() {
          @Override
          public void answer(CacheKey answerKey, CacheEntry entry) {}

          @Override
          public void value(Table table, byte[] valueKey, byte[] bytes) {
            values.put(table + " " + valueKey.length, bytes);
          }
        });

    assertThat(values).containsOnlyKeys("HISTORIES 1024");
    assertThat(values.get("HISTORIES 1024")).isEqualTo(value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes down what comes back, in its order. */
  private static final class Recorded implements Recall {

    final List<String> events = new ArrayList<>();

    @Override
    public void answer(CacheKey key, CacheEntry entry) {
      events.add("answer " + key);
    }

    @Override
    public void answersAreBack(long count) {
      events.add(count + " answers");
    }

    @Override
    public void value(Table table, byte[] key, byte[] value) {
      events.add(
          table
              + " "
              + new String(key, StandardCharsets.US_ASCII)
              + "="
              + new String(value, StandardCharsets.US_ASCII));
    }
  }
}
