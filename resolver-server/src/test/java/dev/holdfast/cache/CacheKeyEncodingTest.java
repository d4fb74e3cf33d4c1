package dev.holdfast.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.wire.Names;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CacheKeyEncodingTest {

  /** DO and CD, AAAA, IN. */
  private static final byte[] FIXED = {3, 0, 28, 0, 1};

  private static final byte[] ENCODED = encoded(FIXED, Names.parse("www.example.org"));

  @Test
  void decode_encodedKey_givesAnEqualKey() {
    CacheKey key = decode(ENCODED);
    byte[] encoded = new byte[key.encodedLength()];
    key.encode(encoded, 0);

    CacheKey decoded = decode(encoded);

    assertThat(decoded).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(encoded).isEqualTo(ENCODED);
    assertThat(decoded.route()).isEqualTo(7);
    assertThat(decoded.dnssecOk()).isTrue();
    assertThat(decoded.checkingDisabled()).isTrue();
    assertThat(decoded.qtype()).isEqualTo(28);
    assertThat(decoded.qclass()).isEqualTo(1);
    assertThat(decoded.qname()).isEqualTo(Names.parse("www.example.org"));
  }

  @Test
  void decode_otherRoute_givesAnotherKey() {
    assertThat(CacheKey.decode(8, ENCODED, 0, ENCODED.length)).isNotEqualTo(decode(ENCODED));
  }

  @Test
  void decode_capitals_givesTheFoldedKey() {
    assertThat(decode(encoded(FIXED, Names.parse("WWW.Example.ORG")))).isEqualTo(decode(ENCODED));
  }

  @Test
  void decode_cutOrPaddedKey_givesNothing() {
    for (int length = 0; length < ENCODED.length; length++) {
      assertThat(CacheKey.decode(0, ENCODED, 0, length)).as("%d bytes", length).isNull();
    }
    byte[] padded = Arrays.copyOf(ENCODED, ENCODED.length + 1);
    assertThat(CacheKey.decode(0, padded, 0, padded.length)).isNull();
  }

  @Test
  void decode_unknownFlagsOrBadName_givesNothing() {
    byte[] flags = ENCODED.clone();
    flags[0] = 4;
    byte[] pointer = ENCODED.clone();
    pointer[FIXED.length] = (byte) 0xc0;

    assertThat(CacheKey.decode(0, flags, 0, flags.length)).isNull();
    assertThat(CacheKey.decode(0, pointer, 0, pointer.length)).isNull();
  }

  private static CacheKey decode(byte[] encoded) {
    return Objects.requireNonNull(CacheKey.decode(7, encoded, 0, encoded.length));
  }

  private static byte[] encoded(byte[] fixed, byte[] name) {
    byte[] encoded = Arrays.copyOf(fixed, fixed.length + name.length);
    System.arraycopy(name, 0, encoded, fixed.length, name.length);
    return encoded;
  }
}
