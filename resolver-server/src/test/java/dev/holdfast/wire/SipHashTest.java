package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SipHashTest {

  private static final SipHash HASH =
      new SipHash(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));

  /** The vectors that the authors publish: the bytes 0, 1, 2 ... under the key of 0..15. */
  @ParameterizedTest
  @CsvSource({
    "0, 726fdb47dd0e0e31",
    "1, 74f839c593dc67fd",
    "7, ab0200f58b01d137",
    "8, 93f5f5799a932462",
    "15, a129ca6149be45e5",
    "16, 3f2acc7f57c29bdb",
    "63, 958a324ceb064572",
  })
  void hash_publishedVector_isMet(int length, String expected) {
    byte[] input = new byte[length + 2];
    for (int i = 0; i < length; i++) {
      input[i + 1] = (byte) i;
    }

    assertThat(HexFormat.of().toHexDigits(HASH.hash(input, 1, length))).isEqualTo(expected);
  }

  @Test
  void new_keyOfOtherLength_isRefused() {
    assertThatThrownBy(() -> new SipHash(new byte[15])).hasMessage("key: 15 bytes (expected 16)");
  }
}
