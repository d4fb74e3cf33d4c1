package dev.holdfast.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.lists.ZoneReader.BadRecordException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single records, as a configuration has them. */
class ZoneReaderTest {

  private static final int TTL_SECONDS = 60;

  @ParameterizedTest
  @ValueSource(strings = {"a.example TXT b", "a.example TXT b\n", "a.example TXT b \r\n\r\n"})
  void parse_endOfLine_isLeftOut(String text) throws Exception {
    assertThat(ZoneReader.parse(text, TTL_SECONDS).rdata()).containsExactly(1, 'b');
  }

  @Test
  void parse_escapedBlankAtTheEnd_isKept() throws Exception {
    assertThat(ZoneReader.parse("a.example TXT b\\ \n", TTL_SECONDS).rdata())
        .containsExactly(2, 'b', ' ');
  }

  @ParameterizedTest
  @ValueSource(strings = {"\na.example TXT b", "a.example TXT b\nc.example TXT d\n"})
  void parse_endOfLineBefore_isRefused(String text) {
    assertThatThrownBy(() -> ZoneReader.parse(text, TTL_SECONDS))
        .isInstanceOf(BadRecordException.class)
        .hasMessageContaining("a character that is no text");
  }
}
