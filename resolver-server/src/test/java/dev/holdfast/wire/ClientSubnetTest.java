package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientSubnetTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.77, 24, 0008000700011800c00002",
    "192.0.2.77, 32, 0008000800012000c000024d",
    "192.0.2.77, 20, 0008000700011400c00000",
    "2001:db8:1:2ff::1, 56, 0008000b0002380020010db8000102",
    "2001:db8::ffff, 128, 0008001400028000 20010db800000000000000000000ffff",
  })
  void write_networkOfAnAddress_isTheOptionAndIsReadBack(String address, int prefix, String hex) {
    ClientSubnet subnet = network(address, prefix);
    byte[] out = new byte[ClientSubnet.MAX_OPTION_LENGTH];

    int length = subnet.write(out, 0);

    assertThat(HexFormat.of().formatHex(out, 0, length)).isEqualTo(hex.replace(" ", ""));
    assertThat(ClientSubnet.parse(out, 4, length - 4)).isEqualTo(subnet);
  }

  @Test
  void write_untoldOrWithheld_saysNothingOrThatNothingIsSaid() {
    byte[] out = new byte[ClientSubnet.MAX_OPTION_LENGTH];

    assertThat(ClientSubnet.UNTOLD.write(out, 3)).isEqualTo(3);
    int length = ClientSubnet.WITHHELD.write(out, 0);
    assertThat(HexFormat.of().formatHex(out, 0, length)).isEqualTo("0008000400010000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "000118", // cut
        "00011800c000", // fewer address bytes than the prefix takes
        "00011800c0000201", // more
        "00011400c00002", // bits behind the prefix
        "00012100c000020100", // a prefix longer than an address
        "00011821c00002", // a scope longer than an address
        "00031800c00002", // an unknown family
        "00000100c0", // no family with an address
      })
  void parse_malformed_isNull(String hex) {
    byte[] option = HexFormat.of().parseHex(hex);

    assertThat(ClientSubnet.parse(option, 0, option.length)).isNull();
  }

  @Test
  void contains_smallerNetworkOfTheSameFamily_only() {
    ClientSubnet wide = network("192.0.2.0", 20);

    assertThat(wide.contains(network("192.0.2.1", 24))).isTrue();
    assertThat(wide.contains(wide)).isTrue();
    assertThat(wide.contains(network("192.0.2.1", 16))).isFalse();
    assertThat(wide.contains(network("192.0.16.1", 24))).isFalse();
    assertThat(wide.contains(network("c000:200::", 56))).isFalse();
    assertThat(network("2001:db8::", 96).contains(network("2001:db8::1", 128))).isTrue();
    assertThat(network("2001:db8::", 96).contains(network("2001:db8::1:0:0", 128))).isFalse();
  }

  @Test
  void contains_whoIsNotTold_isNobodyElse() {
    ClientSubnet some = network("192.0.2.0", 24);

    assertThat(ClientSubnet.WITHHELD.contains(some)).isFalse();
    assertThat(ClientSubnet.WITHHELD.contains(ClientSubnet.WITHHELD)).isTrue();
    assertThat(ClientSubnet.WITHHELD.contains(ClientSubnet.UNTOLD)).isFalse();
    assertThat(some.contains(ClientSubnet.UNTOLD)).isFalse();
    assertThat(ClientSubnet.EVERYBODY.contains(ClientSubnet.WITHHELD)).isTrue();
    assertThat(ClientSubnet.EVERYBODY.contains(some)).isTrue();
  }

  private static ClientSubnet network(String address, int prefix) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return bytes.length == 4
        ? ClientSubnet.of(0, 0xffff_0000_0000L | (buffer.getInt() & 0xffff_ffffL), prefix, 128)
        : ClientSubnet.of(buffer.getLong(), buffer.getLong(), 32, prefix);
  }
}
