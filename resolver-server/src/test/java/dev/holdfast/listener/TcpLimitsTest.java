package dev.holdfast.listener;

import static dev.holdfast.listener.ListenerFixture.at;
import static dev.holdfast.listener.ListenerFixture.await;
import static dev.holdfast.listener.TcpListenerTest.receive;
import static dev.holdfast.listener.TcpListenerTest.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Clients that hold on to connections: each ends in time, and others are served meanwhile. */
@Attack(Threat.SLOW_CONNECTIONS)
class TcpLimitsTest {

  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void connections_moreThanAllowed_closedAtAcceptUntilOneEnds() throws Exception {
    try (ListenerFixture fixture = fixture(new TcpConfig(2, 2, 100, LONG, LONG, LONG));
        Socket first = fixture.tcpClient("127.0.0.1");
        Socket second = fixture.tcpClient("127.0.0.1")) {
      fixture.awaitCount(Counter.TCP_CONNECTIONS_OPENED, 2);
      try (Socket third = fixture.tcpClient("127.0.0.1")) {
        assertClosed(third);
      }
      assertThat(fixture.count(Counter.TCP_REFUSED_FULL)).isEqualTo(1);

      first.shutdownOutput();
      fixture.awaitCount(Counter.TCP_CONNECTIONS_CLOSED, 1);
      try (Socket fourth = fixture.tcpClient("127.0.0.1")) {
        assertServed(fourth);
      }
      assertServed(second);
    }
  }

  @Test
  void connections_moreThanAllowedFromOneAddress_othersStillServed() throws Exception {
    try (ListenerFixture fixture = fixture(new TcpConfig(10, 1, 100, LONG, LONG, LONG));
        Socket first = fixture.tcpClient("127.0.0.1")) {
      fixture.awaitCount(Counter.TCP_CONNECTIONS_OPENED, 1);
      try (Socket second = fixture.tcpClient("127.0.0.1");
          Socket elsewhere = new Socket()) {
        assertClosed(second);
        assertThat(fixture.count(Counter.TCP_REFUSED_PER_ADDRESS)).isEqualTo(1);

        elsewhere.bind(at("127.0.0.2"));
        elsewhere.connect(at("127.0.0.1", fixture.port()));
        assertServed(elsewhere);
      }
      assertServed(first);
    }
  }

  @Test
  void queries_moreThanMayWait_readOnlyAfterAnAnswer() throws Exception {
    try (ListenerFixture fixture = fixture(new TcpConfig(10, 10, 2, LONG, LONG, LONG));
        Socket client = fixture.tcpClient("127.0.0.1")) {
      for (int id = 1; id <= 4; id++) {
        send(client, Messages.frame(Messages.query(id, "hold")));
      }
      fixture.awaitCount(Counter.TCP_PIPELINE_FULL, 1);
      assertThat(fixture.heldCount()).isEqualTo(2);

      fixture.answerHeld(1, Messages.response(1, "late"));
      assertThat(Messages.id(receive(client))).isEqualTo(1);
      await(() -> fixture.heldCount() == 2, "the third query");
      fixture.answerHeld(3, Messages.response(3, "late"));
      fixture.answerHeld(2, Messages.response(2, "late"));
      assertThat(Messages.id(receive(client))).isEqualTo(3);
      assertThat(Messages.id(receive(client))).isEqualTo(2);
      await(() -> fixture.heldCount() == 1, "the fourth query");
    }
  }

  @Test
  void queries_moreThanMayWaitThenHalfClosed_allAnswered() throws Exception {
    try (ListenerFixture fixture = fixture(new TcpConfig(10, 10, 2, LONG, LONG, LONG));
        Socket client = fixture.tcpClient("127.0.0.1")) {
      int queries = 9;
      byte[] frames = {};
      for (int id = 0; id < queries; id++) {
        frames = Messages.concat(frames, Messages.frame(Messages.query(id, "hold")));
      }
      send(client, frames);
      client.shutdownOutput();

      for (int id = 0; id < queries; id++) {
        int next = id;
        await(() -> fixture.resolvers.getFirst().held.containsKey(next), "query " + next);
        fixture.answerHeld(id, Messages.response(id, "late"));
        assertThat(Messages.id(receive(client))).isEqualTo(id);
      }
      assertClosed(client);
    }
  }

  @Test
  void firstQuery_neverComes_connectionClosed() throws Exception {
    try (ListenerFixture fixture = fixture(new TcpConfig(10, 10, 100, SHORT, LONG, LONG));
        Socket client = fixture.tcpClient("127.0.0.1")) {
      assertClosed(client);
      fixture.awaitCount(Counter.TCP_FIRST_QUERY_TIMEOUTS, 1);
    }
  }

  @Test
  void firstQuery_dripsForever_connectionClosed() throws Exception {
    try (ListenerFixture fixture = fixture(new TcpConfig(10, 10, 100, SHORT, LONG, LONG));
        Socket client = fixture.tcpClient("127.0.0.1")) {
      client.setTcpNoDelay(true);
      OutputStream out = client.getOutputStream();
      out.write(new byte[] {(byte) 0xff, (byte) 0xff});

      await(
          () -> {
            try {
              out.write(1);
            } catch (IOException e) {
              return true;
            }
            return fixture.count(Counter.TCP_FIRST_QUERY_TIMEOUTS) == 1;
          },
          "the end of the connection");
      fixture.awaitCount(Counter.TCP_FIRST_QUERY_TIMEOUTS, 1);
    }
  }

  @Test
  void connection_idleAfterAnswer_closed() throws Exception {
    try (ListenerFixture fixture = fixture(new TcpConfig(10, 10, 100, LONG, SHORT, LONG));
        Socket client = fixture.tcpClient("127.0.0.1")) {
      assertServed(client);

      assertClosed(client);
      fixture.awaitCount(Counter.TCP_IDLE_TIMEOUTS, 1);
    }
  }

  @Test
  void client_takesNoResponses_connectionClosed() throws Exception {
    try (ListenerFixture fixture = fixture(new TcpConfig(10, 10, 100, LONG, LONG, SHORT));
        Socket client = new Socket()) {
      client.setReceiveBufferSize(4096);
      client.connect(at("127.0.0.1", fixture.port()));
      byte[] frames = {};
      int queries = 500;
      for (int id = 0; id < queries; id++) {
        frames = Messages.concat(frames, Messages.frame(Messages.query(id, "big")));
      }
      send(client, frames);

      fixture.awaitCount(Counter.TCP_UNWRITABLE_TIMEOUTS, 1);
      fixture.awaitCount(Counter.TCP_CONNECTIONS_CLOSED, 1);
      assertThat(fixture.count(Counter.QUERIES_TCP)).isLessThan(queries);
    }
  }

  @Test
  void frame_shorterThanHeader_connectionClosed() throws Exception {
    try (ListenerFixture fixture = fixture(TcpConfig.DEFAULTS);
        Socket client = fixture.tcpClient("127.0.0.1")) {
      send(
          client,
          Messages.concat(Messages.frame(Messages.query(1, "echo")), new byte[] {0, 11, 1, 2}));

      assertThat(Messages.id(receive(client))).isEqualTo(1);
      assertClosed(client);
      assertThat(fixture.count(Counter.TCP_BAD_FRAMES)).isEqualTo(1);
    }
  }

  @Test
  void frame_longest_isResolved() throws Exception {
    try (ListenerFixture fixture = fixture(TcpConfig.DEFAULTS);
        Socket client = fixture.tcpClient("127.0.0.1")) {
      byte[] query = Messages.query(1, "x".repeat(65_535 - 12));
      send(client, Messages.frame(query));

      assertThat(receive(client)).hasSize(65_535);
    }
  }

  @Test
  void client_goesAwayWhileQueryWaits_lateAnswerDoesNoHarm() throws Exception {
    try (ListenerFixture fixture = fixture(TcpConfig.DEFAULTS)) {
      try (Socket client = fixture.tcpClient("127.0.0.1")) {
        client.setSoLinger(true, 0);
        send(client, Messages.frame(Messages.query(1, "hold")));
        await(() -> fixture.heldCount() == 1, "the query");
      }
      fixture.awaitCount(Counter.TCP_CONNECTIONS_CLOSED, 1);

      fixture.answerHeld(1, Messages.response(1, "late"));

      try (Socket next = fixture.tcpClient("127.0.0.1")) {
        assertServed(next);
      }
      assertThat(fixture.count(Counter.UNEXPECTED_FAILURES)).isZero();
    }
  }

  @Test
  void resolver_throws_clientGetsServfailAndConnectionStays() throws Exception {
    try (ListenerFixture fixture = fixture(TcpConfig.DEFAULTS);
        Socket client = fixture.tcpClient("127.0.0.1")) {
      send(client, Messages.frame(Messages.query(1, "fail")));

      assertThat(receive(client)[3] & 0x0f).isEqualTo(2);
      assertServed(client);
      assertThat(fixture.count(Counter.UNEXPECTED_FAILURES)).isEqualTo(1);
    }
  }

  private static ListenerFixture fixture(TcpConfig config) throws Exception {
    return new ListenerFixture(1, config, at("127.0.0.1"));
  }

  private static void assertServed(Socket client) throws IOException {
    send(client, Messages.frame(Messages.query(77, "echo")));
    assertThat(Messages.id(receive(client))).isEqualTo(77);
  }

  private static void assertClosed(Socket client) {
    int read;
    try {
      read = client.getInputStream().read();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    } catch (IOException e) {
      read = -1;
    }
    assertThat(read).isEqualTo(-1);
  }
}
