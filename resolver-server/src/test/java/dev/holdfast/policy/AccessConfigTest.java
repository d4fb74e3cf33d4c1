package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessConfigTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "::1, true",
    "10.1.2.3, true",
    "192.168.1.1, true",
    "172.20.0.1, true",
    "fd00::1, true",
    "203.0.113.1, false",
    "2001:db8::1, false",
    "172.32.0.1, false",
  })
  void allows_defaults_servesThisMachineAndPrivateRanges(String address, boolean expected) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();

    assertThat(AccessConfig.DEFAULTS.allows(Cidr.high(bytes), Cidr.low(bytes))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0/0, true",
    "::/0, true",
    "2000::/3, true",
    "0.0.0.0/1 128.0.0.0/1, true",
    "0.0.0.0/1 128.0.0.0/2 192.0.0.0/2, true",
    "0.0.0.0/1, false",
    "10.0.0.0/8 ::1, false",
    "2000::/4, false",
  })
  void allowsTheWorld_blocks_seesThroughSplits(String blocks, boolean expected) {
    List<Cidr> allow = Stream.of(blocks.split(" ")).map(Cidr::parse).toList();

    assertThat(new AccessConfig(allow, /* open= */ false).allowsTheWorld()).isEqualTo(expected);
  }

  @Test
  void constructor_nobodyAllowed_refuses() {
    assertThatThrownBy(() -> new AccessConfig(List.of(), /* open= */ false))
        .hasMessage("allow: [] (expected at least one address block)");
  }
}
