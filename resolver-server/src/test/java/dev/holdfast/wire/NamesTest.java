package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Name;

final class NamesTest {

  private static final String LABEL_63 = "a".repeat(63);
  private static final String NAME_255 = (LABEL_63 + ".").repeat(3) + "b".repeat(61) + ".";

  @ParameterizedTest
  @CsvSource({
    "., .",
    "example.org, example.org.",
    "example.org., example.org.",
    "Example.ORG., Example.ORG.",
    "_dns._udp.a-b.example., _dns._udp.a-b.example.",
    "*.example.org, *.example.org.",
    "0/25.2.0.192.in-addr.arpa., 0/25.2.0.192.in-addr.arpa.",
    "a\\.b.example., a\\046b.example.",
    "a\\046b.example., a\\046b.example.",
    "a\\\\b., a\\092b.",
    "\\000\\255., \\000\\255.",
    "a\\ b., a\\032b.",
    "\\\"<script>., \\034\\060script\\062.",
    "é., \\195\\169.",
  })
  void parse_thenToText_escapesWhatIsUnusual(String text, String expected) {
    assertThat(Names.toText(Names.parse(text))).isEqualTo(expected);
  }

  @Attack(Threat.INJECTION)
  @Test
  void parse_anyBytes_roundTripsAndAgreesWithDnsjava() throws Exception {
    Random random = new Random(1);
    for (int i = 0; i < 5_000; i++) {
      byte[] name = randomName(random);

      String text = Names.toText(name);

      assertThat(text).matches("[ -~]+");
      assertThat(Names.parse(text)).isEqualTo(name);
      assertThat(Name.fromString(text).toWire()).isEqualTo(name);
      assertThat(Names.parse(new Name(name).toString())).isEqualTo(name);
    }
  }

  private static byte[] randomName(Random random) {
    byte[] name = new byte[Names.MAX_LENGTH];
    int length = 1;
    for (int labels = random.nextInt(5); labels > 0; labels--) {
      byte[] label = new byte[1 + random.nextInt(40)];
      random.nextBytes(label);
      name[length - 1] = (byte) label.length;
      System.arraycopy(label, 0, name, length, label.length);
      length += label.length + 1;
    }
    name[length - 1] = 0;
    return Arrays.copyOf(name, length);
  }

  @Test
  void parse_longestLabelAndName_areTaken() {
    assertThat(Names.parse(LABEL_63)).hasSize(65);
    assertThat(Names.parse(NAME_255)).hasSize(Names.MAX_LENGTH);
    assertThat(Names.parse("\\097".repeat(63))).isEqualTo(Names.parse(LABEL_63));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".a", "a..b", "a..", "..", "\\", "a\\", "\\1", "\\12", "\\256", "\\999", "\\1a2",
      })
  void parse_malformed_isRefused(String text) {
    assertThatThrownBy(() -> Names.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void parse_tooLong_saysHowLong() {
    assertThatThrownBy(() -> Names.parse(LABEL_63 + "a"))
        .hasMessageContaining("label of 64 bytes (expected 1..63)");
    assertThatThrownBy(() -> Names.parse(NAME_255.replace("b.", "bb.")))
        .hasMessageContaining("256 bytes long (expected at most 255)");
  }

  @Test
  void toText_fromOffset_readsOneName() {
    byte[] bytes = MessageBytes.join(new byte[3], Names.parse("a.example"), new byte[] {1, 'b'});

    assertThat(Names.toText(bytes, 3)).isEqualTo("a.example.");
  }

  @Test
  void length_wholeName_countsTheRootLabel() {
    byte[] bytes = MessageBytes.join(new byte[2], Names.parse("a.example"), new byte[4]);

    assertThat(Names.length(bytes, 2, bytes.length)).isEqualTo(11);
    assertThat(Names.length(bytes, 2, 13)).isEqualTo(11);
    assertThat(Names.length(new byte[] {0}, 0, 1)).isEqualTo(1);
    byte[] longest = Names.parse(NAME_255);
    assertThat(Names.length(longest, 0, longest.length)).isEqualTo(Names.MAX_LENGTH);
  }

  @Test
  void length_cutAtEveryByte_isNoName() {
    byte[] name = Names.parse("www.example.org");

    for (int limit = 0; limit < name.length; limit++) {
      assertThat(Names.length(name, 0, limit)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 0x7f, 0x80, 0xc0, 0xff})
  void length_labelAbove63OrPointer_isNoName(int lengthByte) {
    byte[] bytes = new byte[512];
    bytes[2] = (byte) lengthByte;
    bytes[0] = 1;

    assertThat(Names.length(bytes, 0, bytes.length)).isEqualTo(-1);
  }

  @Test
  void length_above255_isNoName() {
    byte[] tooLong = MessageBytes.join(new byte[] {1, 'x'}, Names.parse(NAME_255));

    assertThat(Names.length(tooLong, 0, tooLong.length)).isEqualTo(-1);
  }

  @Test
  void fold_foldsAsciiLettersOnly() {
    for (int value = 0; value < 256; value++) {
      boolean upper = value >= 'A' && value <= 'Z';

      assertThat(Names.fold((byte) value)).isEqualTo((byte) (upper ? value + 32 : value));
    }
    assertThat(Names.folded(Names.parse("WwW.Exämple.ORG"), 0, 18))
        .isEqualTo(Names.parse("www.exämple.org"));
  }

  @ParameterizedTest
  @CsvSource({
    "example.org, example.org, true",
    "www.example.org, example.org, true",
    "www.example.org, ., true",
    "., ., true",
    "., org, false",
    "xexample.org, example.org, false",
    "example.org, www.example.org, false",
    "www.example.com, example.org, false",
    // The bytes of the suffix stand inside a label.
    "a\\007example\\003org.org, example.org, false",
    "a\\003org., org, false",
  })
  void endsWith_respectsLabels(String name, String suffix, boolean expected) {
    assertThat(Names.endsWith(Names.parse(name), Names.parse(suffix))).isEqualTo(expected);
  }

  @Test
  void parent_takesOneLabelOff() {
    byte[] parent = Names.parent(Names.parse("www.example.org"));

    assertThat(parent).isEqualTo(Names.parse("example.org"));
    assertThat(Names.parent(new byte[] {0})).isNull();
  }
}
