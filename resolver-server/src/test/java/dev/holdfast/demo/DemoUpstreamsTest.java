package dev.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

class DemoUpstreamsTest {

  private static final int MAX_DATAGRAM_BYTES = 1232;

  private final DemoUpstreams demo = DemoUpstreams.start();

  @AfterEach
  void stop() {
    demo.close();
  }

  @ParameterizedTest
  @CsvSource({
    "www.example.org, A, 2",
    "www.example.org, AAAA, 1",
    "www.example.org, HTTPS, 1",
    "mail.example.org, A, 1",
    "shop.example.org, A, 4",
    "_sip._tcp.example.org, SRV, 1",
    "example.org, TXT, 1",
    "example.org, MX, 1",
    "short.example.org, A, 1"
  })
  void everyExample_isKnownToBoth(String name, String type, int records) throws IOException {
    for (ScriptedUpstream upstream : demo.upstreams()) {
      assertThat(ask(upstream, name, type, false).getSection(Section.ANSWER)).hasSize(records);
    }
  }

  @Test
  void bigName_needsTcp() throws IOException {
    ScriptedUpstream upstream = demo.upstreams().getFirst();
    Message overTcp = ask(upstream, "big.example.org", "TXT", true);

    assertThat(overTcp.toWire()).hasSizeGreaterThan(MAX_DATAGRAM_BYTES);
    assertThat(overTcp.getHeader().getFlag(Flags.TC)).isFalse();
  }

  @Test
  void breakWith_oneOfThem_leavesTheOther() throws IOException {
    demo.breakWith("2", Breakage.SERVFAIL);

    assertThat(rcode(demo.upstreams().get(0))).isEqualTo(Rcode.NOERROR);
    assertThat(rcode(demo.upstreams().get(1))).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void heal_all_movesTheWatchedAddressOn() throws IOException {
    demo.breakWith(DemoUpstreams.ALL, Breakage.NXDOMAIN);
    assertThat(rcode(demo.upstreams().getFirst())).isEqualTo(Rcode.NXDOMAIN);
    demo.heal(DemoUpstreams.ALL);

    Record first =
        ask(demo.upstreams().getFirst(), DemoUpstreams.WATCHED_NAME, "A", false)
            .getSection(Section.ANSWER)
            .getFirst();
    assertThat(first.rdataToString()).isEqualTo("192.0.2.2");
    assertThat(first.getTTL()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "3", "both", "-1"})
  void select_somethingElse_saysWhatThereIs(String which) {
    assertThatThrownBy(() -> demo.select(which))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("upstream: \"" + which + "\" (expected 1..2 or all)");
  }

  private static int rcode(ScriptedUpstream upstream) throws IOException {
    return ask(upstream, "www.example.org", "A", false).getRcode();
  }

  private static Message ask(ScriptedUpstream upstream, String name, String type, boolean tcp)
      throws IOException {
    InetSocketAddress address = upstream.address();
    SimpleResolver resolver = new SimpleResolver(address);
    resolver.setTimeout(Duration.ofSeconds(5));
    resolver.setTCP(tcp);
    Name qname = Name.fromString(name, Name.root);
    return resolver.send(Message.newQuery(Record.newRecord(qname, Type.value(type), DClass.IN)));
  }
}
