package dev.holdfast.wire;

import static dev.holdfast.wire.MessageBytes.bytes;
import static dev.holdfast.wire.MessageBytes.join;
import static dev.holdfast.wire.MessageBytes.labels;
import static dev.holdfast.wire.MessageBytes.name;
import static dev.holdfast.wire.MessageBytes.pointer;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CompressedNamesTest {

  private static final int HEADER = Header.LENGTH;

  @Test
  void skip_plainName_endsBehindTheRootLabel() {
    byte[] message = behindHeader(name("www.example.org"), bytes(1, 2, 3));

    assertThat(CompressedNames.skip(message, HEADER, message.length)).isEqualTo(HEADER + 17);
  }

  @Test
  void skip_pointer_endsBehindTheFirstPointer() {
    byte[] first = name("example.org");
    byte[] message = behindHeader(first, labels("www"), pointer(HEADER), pointer(HEADER + 13));

    assertThat(CompressedNames.skip(message, HEADER + 13, message.length)).isEqualTo(HEADER + 19);
    assertThat(CompressedNames.skip(message, HEADER + 19, message.length)).isEqualTo(HEADER + 21);
    assertThat(CompressedNames.length(message, HEADER + 19)).isEqualTo(17);
    assertThat(CompressedNames.length(message, HEADER)).isEqualTo(13);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 11, HEADER + 2, HEADER + 3, HEADER + 4, HEADER + 5, 0x3fff})
  void skip_pointerIntoHeaderForwardOrToItself_isMalformed(int target) {
    byte[] message = behindHeader(name("a"), pointer(target), name("b"));

    int expected = target == HEADER + 2 ? HEADER + 5 : -1;
    assertThat(CompressedNames.skip(message, HEADER + 3, message.length)).isEqualTo(expected);
  }

  @Test
  void skip_labelsThatLeadBackToThemselves_isMalformed() {
    byte[] message = behindHeader(name("."), labels("a"), pointer(HEADER + 1));

    assertThat(CompressedNames.skip(message, HEADER + 1, message.length)).isEqualTo(-1);
  }

  @Test
  void skip_pointersUpToTheBound_areFollowed() {
    byte[] message = behindHeader(name("a"));
    int[] starts = new int[CompressedNames.MAX_POINTER_HOPS + 1];
    int target = HEADER;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = message.length;
      message = join(message, pointer(target));
      target = starts[i];
    }

    int sixteen = starts[CompressedNames.MAX_POINTER_HOPS - 1];
    assertThat(CompressedNames.skip(message, sixteen, message.length)).isEqualTo(sixteen + 2);
    assertThat(CompressedNames.skip(message, sixteen + 2, message.length)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x40, 0x7f, 0x80, 0xbf})
  void skip_reservedLabelTypes_areMalformed(int lengthByte) {
    byte[] message = behindHeader(bytes(lengthByte), new byte[300]);

    assertThat(CompressedNames.skip(message, HEADER, message.length)).isEqualTo(-1);
  }

  @Test
  void skip_cutAtEveryByte_isMalformed() {
    byte[] message = behindHeader(name("org"), labels("www.example"), pointer(HEADER));

    for (int limit = HEADER + 5; limit < message.length; limit++) {
      assertThat(CompressedNames.skip(message, HEADER + 5, limit)).isEqualTo(-1);
    }
    assertThat(CompressedNames.skip(message, HEADER + 5, message.length)).isEqualTo(message.length);
  }

  @Test
  void skip_over255BytesThroughPointers_isMalformed() {
    String label = "a".repeat(63);
    byte[] message =
        behindHeader(
            name(label + "." + label + "." + label),
            labels("b".repeat(61)),
            pointer(HEADER),
            labels("b".repeat(62)),
            pointer(HEADER));

    int first = HEADER + 193;
    assertThat(CompressedNames.skip(message, first, message.length)).isEqualTo(first + 64);
    assertThat(CompressedNames.length(message, first)).isEqualTo(255);
    assertThat(CompressedNames.skip(message, first + 64, message.length)).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "www.example.org, www.example.org, true",
    "www.example.org, WWW.Example.ORG, true",
    "www.example.org, www.example.com, false",
    "www.example.org, example.org, false",
    "example.org, www.example.org, false",
    "., ., true",
    "., org, false",
    // 0xe4 and 0xc4 differ by the case bit but are no ASCII letters.
    "\\228., \\196., false",
    "@., `., false",
  })
  void equal_ignoresAsciiCaseOnly(String a, String b, boolean expected) {
    byte[] first = behindHeader(name(a));
    byte[] second = behindHeader(name(b));

    assertThat(CompressedNames.equal(first, HEADER, second, HEADER)).isEqualTo(expected);
    assertThat(CompressedNames.hash(first, HEADER) == CompressedNames.hash(second, HEADER))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "www.example.org, example.org, true",
    "example.org, example.org, true",
    "www.example.org, ., true",
    "., ., true",
    "example.org, www.example.org, false",
    "xexample.org, example.org, false",
    "www.example.com, example.org, false",
    "a.b.c.example.org, B.C.example.ORG, true",
    "a\\007example\\003org.org, example.org, false",
  })
  void endsWith_comparesWholeLabels(String name, String ancestor, boolean expected) {
    byte[] below = name(name);
    byte[] message = behindHeader(below, name(ancestor), pointer(HEADER));
    int ancestorOffset = HEADER + below.length;

    assertThat(endsWith(message, HEADER, ancestorOffset)).isEqualTo(expected);
    assertThat(endsWith(message, message.length - 2, ancestorOffset)).isEqualTo(expected);
  }

  @Test
  void hash_compressedName_isThatOfTheWholeOne() {
    byte[] message =
        behindHeader(name("Example.org"), labels("www"), pointer(HEADER), name("WWW.example.org"));

    assertThat(CompressedNames.hash(message, HEADER + 13))
        .isEqualTo(CompressedNames.hash(message, HEADER + 19))
        .isNotEqualTo(CompressedNames.hash(message, HEADER));
  }

  private static byte[] behindHeader(byte[]... parts) {
    return join(new byte[HEADER], join(parts));
  }

  private static boolean endsWith(byte[] message, int name, int ancestor) {
    int excess = CompressedNames.length(message, name) - CompressedNames.length(message, ancestor);
    return excess >= 0 && CompressedNames.endsWith(message, name, excess, ancestor);
  }
}
