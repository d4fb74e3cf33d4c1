package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamSpecTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.53, 192.0.2.53:53",
    "192.0.2.53:5300, 192.0.2.53:5300",
    "2001:db8::53, [2001:db8::53]:53",
    "[2001:db8::53], [2001:db8::53]:53",
    "[2001:db8:0:0::53]:5300, [2001:db8::53]:5300",
    "::1, [::1]:53",
    "fe80::1%1, [fe80::1%1]:53",
    "tcp://192.0.2.53, tcp://192.0.2.53:53",
    "tcp://[::1]:5300, tcp://[::1]:5300",
  })
  void parse_formsOfTheOperator_readsAddressAndPort(String text, String shown) {
    UpstreamSpec spec = UpstreamSpec.parse(text);

    assertThat(spec).hasToString(shown);
    assertThat(spec.tcpOnly()).isEqualTo(text.startsWith("tcp:"));
    assertThat(UpstreamSpec.parse(spec.toString())).isEqualTo(spec);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":53",
        "dns.example.org",
        "192.0.2",
        "192.0.2.53:",
        "192.0.2.53:0",
        "192.0.2.53:65536",
        "192.0.2.53:99999999999",
        "192.0.2.53:x",
        "192.0.2.053",
        "[192.0.2.53]:53",
        "[::1",
        "::1]:53",
        "0.0.0.0",
        "[::]:53",
        "224.0.0.251",
        "tls://192.0.2.53",
        "https://192.0.2.53/dns-query",
        "192.0.2.53 ",
      })
  void parse_notAnUpstream_saysWhatWasExpected(String text) {
    assertThatThrownBy(() -> UpstreamSpec.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(text + " (expected ");
  }

  @Test
  void parse_portInAnotherNotation_suggestsOurs() {
    assertThatThrownBy(() -> UpstreamSpec.parse("192.0.2.53@5300"))
        .hasMessageEndingWith("Did you mean \"192.0.2.53:5300\"?");
    assertThatThrownBy(() -> UpstreamSpec.parse("2001:db8::53#5300"))
        .hasMessageEndingWith("Did you mean \"[2001:db8::53]:5300\"?");
    assertThatThrownBy(() -> UpstreamSpec.parse("localhost:5300"))
        .hasMessageEndingWith("Did you mean \"127.0.0.1:5300\"?");
  }
}
