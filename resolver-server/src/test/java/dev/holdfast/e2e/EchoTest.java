package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TcpKeepaliveOption;
import org.xbill.DNS.Type;

/** What of a query comes back with its response, wherever the answer is from. */
class EchoTest {

  @TempDir static Path folder;

  private static ScriptedUpstream upstream;
  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    Zone zone =
        new Zone()
            .apex("example.org", 300)
            .set("www.example.org", "A", 300, "192.0.2.80")
            .set("alias.example.org", "CNAME", 300, "www.example.org.")
            .set("*.wild.example.org", "A", 300, "192.0.2.81");
    upstream = ScriptedUpstream.start(zone);
    server = TestServer.asking(upstream.address(), folder, "tcp.idle-timeout=7s");
  }

  @AfterAll
  static void stop() {
    server.close();
    upstream.close();
  }

  @ParameterizedTest
  @CsvSource({
    "wWw.ExAmPlE.OrG, A, 0",
    "ALIAS.example.ORG, A, 0",
    "aNy.WiLd.example.org, A, 0",
    "WWW.EXAMPLE.ORG, AAAA, 0",
    "Absent.Example.Org, A, 3",
    "LocalHost, A, 0",
    "1.0.0.127.In-Addr.Arpa, PTR, 0",
    "Printer.LOCAL, A, 3",
    "www.Example.org, AXFR, 5"
  })
  void response_always_hasTheClientsIdAndQuestion(String name, String type, int rcode)
      throws Exception {
    for (boolean stream : new boolean[] {false, true}) {
      try (Stub stub = server.stub()) {
        for (int id : new int[] {0, 1, 0xffff}) {
          byte[] query = QueryBytes.of(name, Type.value(type)).id(id).build();

          byte[] response = stub.ask(stream, query);

          assertThat(Arrays.copyOf(response, 2)).isEqualTo(Arrays.copyOf(query, 2));
          assertThat(Arrays.copyOfRange(response, 12, query.length))
              .isEqualTo(Arrays.copyOfRange(query, 12, query.length));
          assertThat(new Message(response).getRcode()).isEqualTo(rcode);
        }
      }
    }
  }

  @Test
  void id_towardsTheUpstream_isNotTheClients() throws Exception {
    try (Stub stub = server.stub()) {
      for (int i = 0; i < 16; i++) {
        stub.ask(false, QueryBytes.of("id" + i + ".wild.example.org", Type.A).id(7).build());
      }
    }

    assertThat(upstream.lastQueries())
        .filteredOn(query -> query.name().toLowerCase(Locale.ROOT).startsWith("id"))
        .hasSize(16)
        .extracting(query -> query.id())
        .doesNotHaveDuplicates()
        .doesNotContain(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"www.example.org", "absent.example.org", "localhost", "x.local"})
  void opt_inTheResponse_isThereIfAskedWith(String name) throws Exception {
    try (Stub stub = server.stub()) {
      Message plain = new Message(stub.ask(false, QueryBytes.of(name, Type.A).build()));
      Message edns = new Message(stub.ask(false, QueryBytes.of(name, Type.A).edns(4096).build()));

      assertThat(plain.getOPT()).isNull();
      OPTRecord opt = edns.getOPT();
      assertThat(opt).isNotNull();
      assertThat(opt.getPayloadSize()).isEqualTo(1232);
    }
  }

  @Test
  void keepalive_askedForOverTcp_tellsTheIdleTimeout() throws Exception {
    byte[] query = QueryBytes.of("www.example.org", Type.A).edns(1232).option(11).build();
    try (Stub stub = server.stub()) {
      OPTRecord overTcp = new Message(stub.ask(true, query)).getOPT();
      OPTRecord overUdp = new Message(stub.ask(false, query)).getOPT();

      assertThat(overTcp.getOptions(EDNSOption.Code.TCP_KEEPALIVE))
          .extracting(option -> ((TcpKeepaliveOption) option).getTimeout().orElse(-1))
          .containsExactly(70);
      assertThat(overUdp.getOptions()).isEmpty();
    }
  }

  @Test
  void keepalive_notAskedFor_isNotSent() throws Exception {
    byte[] query = QueryBytes.of("www.example.org", Type.A).edns(1232).build();
    try (Stub stub = server.stub()) {
      assertThat(new Message(stub.ask(true, query)).getOPT().getOptions()).isEmpty();
    }
  }

  @Test
  void pipelined_slowQuestionFirst_doesNotHoldUpTheOthers() throws Exception {
    try (Stub stub = server.stub()) {
      upstream.answerWith(query -> List.of());
      stub.send(true, QueryBytes.of("silent.example.org", Type.A).id(1).build());
      Await.until("the question", () -> upstream.queriesFor("silent.example.org") > 0);

      assertThat(id(stub.ask(true, QueryBytes.of("localhost", Type.A).id(2).build()))).isEqualTo(2);
      upstream.answerWith(null);
      Message late = new Message(stub.receive(true));

      assertThat(late.getHeader().getID()).isEqualTo(1);
      assertThat(late.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    } finally {
      upstream.answerWith(null);
    }
  }

  private static int id(byte[] message) {
    return (message[0] & 0xff) << 8 | (message[1] & 0xff);
  }
}
