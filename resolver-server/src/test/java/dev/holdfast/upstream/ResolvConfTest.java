package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResolvConfTest {

  @Test
  void parse_usualFile_givesNameServersInOrder() {
    assertThat(
            texts(
                """
                # nameserver 192.0.2.9
                ; nameserver 192.0.2.9
                domain example.org
                search example.org example.net
                nameserver 192.0.2.1
                nameserver\t2001:db8::1   \t
                options edns0 trust-ad timeout:1
                nameserver 192.0.2.2 # the second one
                nameserver 192.0.2.3;the third one
                """))
        .containsExactly("192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.2:53", "192.0.2.3:53");
  }

  @Test
  void parse_scopedAddress_keepsTheScope() {
    assertThat(texts("nameserver fe80::1%1\n")).containsExactly("[fe80::1%1]:53");
  }

  @Test
  void parse_otherLineEnds_areUnderstood() {
    assertThat(texts("nameserver 192.0.2.1\r\nnameserver 192.0.2.2"))
        .containsExactly("192.0.2.1:53", "192.0.2.2:53");
  }

  @Test
  void parse_linesThatAreNone_arePassedOver() {
    assertThat(
            texts(
                """
                nameserver
                nameserver dns.example.org
                nameserver 192.0.2.300
                nameserver 0.0.0.0
                nameserver tcp
                 nameserver 192.0.2.7
                nameservers 192.0.2.8
                NAMESERVER 192.0.2.8
                nameserver192.0.2.8
                nameserver 192.0.2.1
                """))
        .containsExactly("192.0.2.1:53");
  }

  @Test
  void parse_twice_isTakenOnce() {
    assertThat(texts("nameserver 192.0.2.1\nnameserver 192.0.2.1\n"))
        .containsExactly("192.0.2.1:53");
  }

  @Test
  void parse_tooMany_takesTheFirst() {
    String many =
        IntStream.range(0, 100)
            .mapToObj(i -> "nameserver 192.0.2." + i)
            .collect(Collectors.joining("\n"));
    assertThat(texts(many)).hasSize(ResolvConf.MAX_NAME_SERVERS).startsWith("192.0.2.0:53");
  }

  private static List<String> texts(String file) {
    return ResolvConf.parse(file).stream().map(UpstreamSpec::toString).toList();
  }
}
