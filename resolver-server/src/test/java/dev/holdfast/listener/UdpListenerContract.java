package dev.holdfast.listener;

import static dev.holdfast.listener.ListenerFixture.at;
import static dev.holdfast.listener.ListenerFixture.await;
import static dev.holdfast.listener.ListenerFixture.receive;
import static dev.holdfast.listener.ListenerFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LatencyHistogram;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

abstract class UdpListenerContract {

  private final DatagramKind kind;

  UdpListenerContract(DatagramKind kind) {
    this.kind = kind;
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void query_answeredAtOnce_clientGetsResponse(String address) throws Exception {
    try (ListenerFixture fixture = fixture(at(address));
        DatagramSocket client = fixture.udpClient(address)) {
      send(client, Messages.query(7, "echo"));

      assertThat(receive(client)).isEqualTo(Messages.response(7, "echo"));
      assertThat(fixture.resolvers.getFirst().streams).containsExactly(false);
      assertThat(fixture.resolvers.getFirst().clients)
          .containsExactly(new InetSocketAddress(client.getLocalAddress(), client.getLocalPort()));
      assertThat(fixture.count(Counter.QUERIES_UDP)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void query_answeredLater_clientGetsResponse(String address) throws Exception {
    try (ListenerFixture fixture = fixture(at(address));
        DatagramSocket client = fixture.udpClient(address)) {
      send(client, Messages.query(7, "hold"));
      await(() -> fixture.heldCount() == 1, "the query");

      fixture.answerHeld(7, Messages.response(7, "late"));

      assertThat(receive(client)).isEqualTo(Messages.response(7, "late"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 127.0.0.1",
    "::, ::1",
  })
  void wildcard_queryToOneAddress_replyLeavesFromIt(String bound, String asked) throws Exception {
    try (ListenerFixture fixture = fixture(at(bound));
        DatagramSocket client = fixture.udpClient(asked)) {
      send(client, Messages.query(1, "echo"));
      assertThat(receive(client)).isEqualTo(Messages.response(1, "echo"));

      send(client, Messages.query(2, "hold"));
      await(() -> fixture.heldCount() == 1, "the query");
      fixture.answerHeld(2, Messages.response(2, "late"));
      assertThat(receive(client)).isEqualTo(Messages.response(2, "late"));
    }
  }

  @Test
  void wildcard_bothFamilies_shareNoSocket() throws Exception {
    try (ListenerFixture four = fixture(at("0.0.0.0"));
        ListenerFixture six = fixture(at("::", four.port()));
        DatagramSocket client = four.udpClient("127.0.0.1");
        DatagramSocket client6 = six.udpClient("::1")) {
      send(client, Messages.query(4, "echo"));
      send(client6, Messages.query(6, "echo"));

      assertThat(Messages.id(receive(client))).isEqualTo(4);
      assertThat(Messages.id(receive(client6))).isEqualTo(6);
      assertThat(four.count(Counter.QUERIES_UDP)).isEqualTo(1);
    }
  }

  @Test
  void burst_moreThanOneBatch_everyQueryAnswered() throws Exception {
    try (ListenerFixture fixture = fixture(at("127.0.0.1"));
        DatagramSocket client = fixture.udpClient("127.0.0.1")) {
      int queries = 200;
      for (int id = 0; id < queries; id++) {
        send(client, Messages.query(id, "echo" + id));
      }

      Set<Integer> answered = new HashSet<>();
      for (int i = 0; i < queries; i++) {
        byte[] response = receive(client);
        int id = Messages.id(response);
        assertThat(response).isEqualTo(Messages.response(id, "echo" + id));
        answered.add(id);
      }
      assertThat(answered).hasSize(queries);
    }
  }

  @Test
  void latency_answersAtOnce_areRecordedAndOthersNot() throws Exception {
    try (ListenerFixture fixture = fixture(at("127.0.0.1"));
        DatagramSocket client = fixture.udpClient("127.0.0.1")) {
      send(client, Messages.query(1, "drop"));
      send(client, Messages.query(2, "hold"));
      send(client, Messages.query(3, "echo"));
      send(client, Messages.query(4, "echo"));
      receive(client);
      receive(client);

      LatencyHistogram hits = fixture.counters.getFirst().hits();
      await(() -> hits.snapshot().count() == 2, "two latencies");
      assertThat(hits.snapshot().sumNanos()).isPositive();
    }
  }

  @Test
  void datagram_longest_handedOver_oneByteMore_dropped() throws Exception {
    try (ListenerFixture fixture = fixture(at("127.0.0.1"));
        DatagramSocket client = fixture.udpClient("127.0.0.1")) {
      send(client, Messages.query(1, "x".repeat(4096 - 12 + 1)));
      send(client, Messages.query(2, "x".repeat(20_000)));
      send(client, Messages.query(3, "x".repeat(4096 - 12)));

      assertThat(Messages.id(receive(client))).isEqualTo(3);
      assertThat(fixture.count(Counter.UDP_OVERSIZE)).isEqualTo(2);
    }
  }

  @Test
  void query_dropped_nothingIsSent() throws Exception {
    try (ListenerFixture fixture = fixture(at("127.0.0.1"));
        DatagramSocket client = fixture.udpClient("127.0.0.1")) {
      send(client, Messages.query(1, "drop"));
      send(client, Messages.query(2, "echo"));

      assertThat(Messages.id(receive(client))).isEqualTo(2);
    }
  }

  @Test
  void query_emptyDatagram_doesNoHarm() throws Exception {
    try (ListenerFixture fixture = fixture(at("127.0.0.1"));
        DatagramSocket client = fixture.udpClient("127.0.0.1")) {
      client.send(new DatagramPacket(new byte[0], 0));
      send(client, Messages.query(2, "echo"));

      assertThat(Messages.id(receive(client))).isEqualTo(2);
    }
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void resolver_throws_clientGetsServfailAndServingGoesOn() throws Exception {
    try (ListenerFixture fixture = fixture(at("127.0.0.1"));
        DatagramSocket client = fixture.udpClient("127.0.0.1")) {
      send(client, Messages.query(1, "fail"));
      byte[] failure = receive(client);
      assertThat(Messages.id(failure)).isEqualTo(1);
      assertThat(failure[3] & 0x0f).isEqualTo(2);

      send(client, Messages.query(2, "echo"));
      assertThat(Messages.id(receive(client))).isEqualTo(2);
      assertThat(fixture.count(Counter.UNEXPECTED_FAILURES)).isEqualTo(1);
    }
  }

  ListenerFixture fixture(InetSocketAddress... addresses) throws Exception {
    return new ListenerFixture(1, kind, TcpConfig.DEFAULTS, addresses);
  }
}
