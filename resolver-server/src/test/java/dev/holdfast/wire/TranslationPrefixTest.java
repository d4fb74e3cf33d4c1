package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranslationPrefixTest {

  private static final byte[] IPV4 = {(byte) 192, 0, 2, 33};

  /** The table of RFC 6052 §2.4. */
  @ParameterizedTest
  @CsvSource({
    "2001:db8::, 32, 2001:db8:c000:221::",
    "2001:db8:100::, 40, 2001:db8:1c0:2:21::",
    "2001:db8:122::, 48, 2001:db8:122:c000:2:2100::",
    "2001:db8:122:300::, 56, 2001:db8:122:3c0:0:221::",
    "2001:db8:122:344::, 64, 2001:db8:122:344:c0:2:2100::",
    "2001:db8:122:344::, 96, 2001:db8:122:344::192.0.2.33",
    "64:ff9b::, 96, 64:ff9b::192.0.2.33",
  })
  void ipv6_everyLength_isThatOfTheTableAndTurnsBack(String prefix, int length, String expected)
      throws UnknownHostException {
    TranslationPrefix translation = prefix(prefix, length);

    byte[] ipv6 = translation.ipv6(IPV4, 0);

    assertThat(InetAddress.getByAddress(ipv6)).isEqualTo(InetAddress.ofLiteral(expected));
    assertThat(translation.ipv4(ipv6)).isEqualTo(0xc000_0221L);
  }

  @Test
  void ipv4_otherPrefix_isNone() {
    byte[] other = InetAddress.ofLiteral("64:ff9b:1::192.0.2.33").getAddress();

    assertThat(prefix("64:ff9b::", 96).ipv4(other)).isEqualTo(TranslationPrefix.NONE);
  }

  @Test
  void constructor_lengthOrBitsOfNoPrefix_throws() {
    assertThatThrownBy(() -> prefix("64:ff9b::", 80)).hasMessageContaining("prefix length: 80");
    assertThatThrownBy(() -> prefix("2001:db8:0:0:100::", 96)).hasMessageContaining("64 to 71");
  }

  private static TranslationPrefix prefix(String address, int length) {
    ByteBuffer bytes = ByteBuffer.wrap(InetAddress.ofLiteral(address).getAddress());
    return new TranslationPrefix(bytes.getLong(), bytes.getLong(), length);
  }
}
