package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.1.2, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, ::a00:1, false",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 203.0.113.9, true",
    "::ffff:0:0/96, 203.0.113.9, true",
    "::1, ::1, true",
    "::1, 127.0.0.1, false",
    "fc00::/7, fdff::1, true",
    "fc00::/7, fe00::1, false",
    "2001:db8::/64, 2001:db8:0:0:ffff::, true",
    "2001:db8::/64, 2001:db8:0:1::, false",
    "2001:db8::8000:0:0:0/65, 2001:db8::8000:0:0:1, true",
    "2001:db8::8000:0:0:0/65, 2001:db8::1, false",
  })
  void contains_address_followsThePrefix(String block, String address, boolean expected) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();

    assertThat(Cidr.parse(block).contains(Cidr.high(bytes), Cidr.low(bytes))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/08",
        "10.0.0.0/8/8",
        "10/8",
        "010.0.0.0/8",
        "localhost",
        "[::1]",
        "fe80::1%1",
        "::/129",
        "example.org/8"
      })
  void parse_notABlock_saysWhatWasExpected(String text) {
    assertThatThrownBy(() -> Cidr.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(text + " (expected ");
  }

  @Test
  void parse_bitsAfterThePrefix_suggestsTheBlock() {
    assertThatThrownBy(() -> Cidr.parse("10.1.2.3/8"))
        .hasMessage(
            "10.1.2.3/8 (expected zeros after the first 8 bits). Did you mean \"10.0.0.0/8\"?");
    assertThatThrownBy(() -> Cidr.parse("fd00::1/8")).hasMessageEndingWith("\"fd00::/8\"?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/8", "::1/128", "fc00::/7", "::/0", "0.0.0.0/0", "2001:db8::1/128"})
  void toString_block_readsBack(String text) {
    assertThat(Cidr.parse(text)).hasToString(text);
    assertThat(Cidr.parse(Cidr.parse(text).toString())).isEqualTo(Cidr.parse(text));
  }
}
