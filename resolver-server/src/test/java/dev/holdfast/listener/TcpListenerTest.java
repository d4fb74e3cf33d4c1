package dev.holdfast.listener;

import static dev.holdfast.listener.ListenerFixture.at;
import static dev.holdfast.listener.ListenerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpListenerTest {

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void query_answeredAtOnce_clientGetsResponse(String address) throws Exception {
    try (ListenerFixture fixture = fixture(address);
        Socket client = fixture.tcpClient(address)) {
      send(client, Messages.frame(Messages.query(7, "echo")));

      assertThat(receive(client)).isEqualTo(Messages.response(7, "echo"));
      assertThat(fixture.resolvers.getFirst().streams).containsExactly(true);
      assertThat(fixture.count(Counter.QUERIES_TCP)).isEqualTo(1);
    }
  }

  @Test
  @Attack(Threat.BROKEN_PROCESS)
  void resolver_throws_clientGetsServfailAndTheConnectionGoesOn() throws Exception {
    try (ListenerFixture fixture = fixture("127.0.0.1");
        Socket client = fixture.tcpClient("127.0.0.1")) {
      send(client, Messages.frame(Messages.query(1, "fail")));
      byte[] failure = receive(client);
      assertThat(Messages.id(failure)).isEqualTo(1);
      assertThat(failure[3] & 0x0f).isEqualTo(2);

      send(client, Messages.frame(Messages.query(2, "echo")));
      assertThat(Messages.id(receive(client))).isEqualTo(2);
      assertThat(fixture.count(Counter.UNEXPECTED_FAILURES)).isEqualTo(1);
    }
  }

  @Test
  void query_splitIntoBytes_isPutTogether() throws Exception {
    try (ListenerFixture fixture = fixture("127.0.0.1");
        Socket client = fixture.tcpClient("127.0.0.1")) {
      client.setTcpNoDelay(true);
      for (byte b : Messages.frame(Messages.query(7, "echo"))) {
        send(client, new byte[] {b});
      }

      assertThat(receive(client)).isEqualTo(Messages.response(7, "echo"));
    }
  }

  @Test
  void queries_pipelinedInOneWrite_answeredOutOfOrder() throws Exception {
    try (ListenerFixture fixture = fixture("127.0.0.1");
        Socket client = fixture.tcpClient("127.0.0.1")) {
      send(
          client,
          Messages.concat(
              Messages.frame(Messages.query(1, "hold")),
              Messages.frame(Messages.query(2, "hold")),
              Messages.frame(Messages.query(3, "echo"))));
      assertThat(Messages.id(receive(client))).isEqualTo(3);
      await(() -> fixture.heldCount() == 2, "two queries");

      fixture.answerHeld(2, Messages.response(2, "late"));
      fixture.answerHeld(1, Messages.response(1, "late"));

      assertThat(Messages.id(receive(client))).isEqualTo(2);
      assertThat(Messages.id(receive(client))).isEqualTo(1);
    }
  }

  @Test
  void client_shutsDownItsSide_stillGetsItsAnswers() throws Exception {
    try (ListenerFixture fixture = fixture("127.0.0.1");
        Socket client = fixture.tcpClient("127.0.0.1")) {
      send(
          client,
          Messages.concat(
              Messages.frame(Messages.query(1, "hold")), Messages.frame(Messages.query(2, "big"))));
      client.shutdownOutput();
      assertThat(receive(client)).hasSize(ScriptedResolver.BIG_LENGTH);
      await(() -> fixture.heldCount() == 1, "the query");

      fixture.answerHeld(1, Messages.response(1, "late"));

      assertThat(Messages.id(receive(client))).isEqualTo(1);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      fixture.awaitCount(Counter.TCP_CONNECTIONS_CLOSED, 1);
    }
  }

  @Test
  void client_shutsDownItsSideBeforeReadingMuch_stillGetsItsAnswers() throws Exception {
    try (ListenerFixture fixture = fixture("127.0.0.1");
        Socket client = fixture.tcpClient("127.0.0.1")) {
      int queries = 300;
      byte[] frames = {};
      for (int id = 0; id < queries; id++) {
        frames = Messages.concat(frames, Messages.frame(Messages.query(id, "big")));
      }
      send(client, frames);
      client.shutdownOutput();
      await(() -> fixture.count(Counter.QUERIES_TCP) > 1, "the first queries");

      for (int id = 0; id < queries; id++) {
        byte[] response = receive(client);
        assertThat(response).hasSize(ScriptedResolver.BIG_LENGTH);
        assertThat(Messages.id(response)).isEqualTo(id);
      }
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(fixture.count(Counter.UNEXPECTED_FAILURES)).isZero();
    }
  }

  @Test
  void client_shutsDownItsSideThenReadsSlowly_stillGetsLateAnswers() throws Exception {
    try (ListenerFixture fixture = fixture("127.0.0.1");
        Socket client = new Socket()) {
      client.setReceiveBufferSize(4096);
      client.connect(at("127.0.0.1", fixture.port()));
      int queries = 90;
      byte[] frames = {};
      for (int id = 0; id < queries; id++) {
        frames = Messages.concat(frames, Messages.frame(Messages.query(id, "hold")));
      }
      send(client, frames);
      client.shutdownOutput();
      await(() -> fixture.heldCount() == queries, "all queries");

      byte[] late = Messages.response(0, "x".repeat(ScriptedResolver.BIG_LENGTH));
      for (int id = 0; id < queries; id++) {
        fixture.answerHeld(id, late);
      }

      for (int id = 0; id < queries; id++) {
        assertThat(receive(client)).isEqualTo(late);
      }
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(fixture.count(Counter.UNEXPECTED_FAILURES)).isZero();
    }
  }

  private static ListenerFixture fixture(String address) throws Exception {
    return new ListenerFixture(1, TcpConfig.DEFAULTS, at(address));
  }

  static void send(Socket socket, byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  static byte[] receive(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] message = new byte[in.readUnsignedShort()];
    in.readFully(message);
    return message;
  }
}
