package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Type;

class RecordTypeTest {

  @Test
  void parse_whatToTextWrites_isTheSameType() {
    for (int type = 0; type < 1 << 16; type++) {
      assertThat(RecordType.parse(RecordType.toText(type))).isEqualTo(type);
    }
  }

  @Test
  void toText_mnemonics_areThoseOfEverybody() {
    for (int type = 1; type < 1 << 16; type++) {
      String text = RecordType.toText(type);
      if (!text.startsWith("TYPE") && type != RecordType.NXNAME) {
        assertThat(Type.value(text)).as(text).isEqualTo(type);
      }
    }
  }

  @Test
  void parse_anyCase_isTaken() {
    assertThat(RecordType.parse("aaaa")).isEqualTo(RecordType.AAAA);
    assertThat(RecordType.parse("type65")).isEqualTo(RecordType.HTTPS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAA", "TYPE", "TYPE65536", "TYPE99999", "TYPE-1", "65"})
  void parse_other_saysWhatWasExpected(String text) {
    assertThatThrownBy(() -> RecordType.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(text + " (expected a record type such as A, AAAA, HTTPS or TYPE65)");
  }
}
