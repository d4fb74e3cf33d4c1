package dev.holdfast.admin;

import static dev.holdfast.admin.AdminFixture.connect;
import static dev.holdfast.admin.AdminFixture.endOf;
import static dev.holdfast.admin.AdminFixture.exchange;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.admin.AdminFixture.Reply;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client of the admin server may send, how slowly, and how many may come. */
class AdminLimitsTest extends AdminTests {

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void body_declaredTooLong_is413AtOnce() throws IOException {
    Reply reply =
        fixture.send("POST /change HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n");

    fixture.assertRefused(reply, 413, Counter.ADMIN_REJECTED);
  }

  @Test
  void body_atTheLimit_isServed() throws IOException {
    String body = "x".repeat(AdminConnection.MAX_BODY_BYTES);
    Reply reply =
        fixture.send(
            "POST /change HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65536\r\n\r\n" + body);

    assertThat(reply.json().get("body")).isEqualTo(body);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void body_inChunksTooLong_is413() throws IOException {
    String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
    Reply reply =
        fixture.send(
            "POST /change HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk.repeat(6));

    fixture.assertRefused(reply, 413, Counter.ADMIN_REJECTED);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void headers_tooLong_is431() throws IOException {
    String header = "X-A: " + "x".repeat(1_000) + "\r\n";
    Reply reply =
        fixture.send("GET /health HTTP/1.1\r\nHost: localhost\r\n" + header.repeat(9) + "\r\n");

    fixture.assertRefused(reply, 431, Counter.ADMIN_REJECTED);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void requestLine_tooLong_is414() throws IOException {
    Reply reply =
        fixture.send("GET /" + "x".repeat(5_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

    fixture.assertRefused(reply, 414, Counter.ADMIN_REJECTED);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void slowBody_is408_andChangesNothing() throws IOException {
    Reply reply =
        fixture.sendToImpatient(
            "POST /change HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\nslow");

    fixture.assertRefused(reply, 408, Counter.ADMIN_TIMEOUTS);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void slowRequest_is408() throws IOException {
    Reply reply = fixture.sendToImpatient("GET /health HT");

    fixture.assertRefused(reply, 408, Counter.ADMIN_TIMEOUTS);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void clientThatSendsOnAfterARefusal_isClosedInTime() throws IOException {
    try (AdminServer impatient = fixture.impatientServer();
        Socket socket = connect(impatient)) {
      Reply reply =
          exchange(socket, "POST /change HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
      assertThat(reply.status()).isEqualTo(403);

      assertThatThrownBy(
              () -> {
                while (true) {
                  socket.getOutputStream().write(1);
                }
              })
          .isInstanceOf(SocketException.class);
    }
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void connections_overTheLimit_areClosed_andFreedPlacesServe() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < AdminServer.MAX_CONNECTIONS; i++) {
      sockets.add(connect(fixture.server));
    }
    try (Socket oneTooMany = connect(fixture.server)) {
      assertThat(endOf(oneTooMany)).isTrue();
    }
    assertThat(fixture.counters.get(Counter.ADMIN_REFUSED_FULL)).isEqualTo(1);

    Socket first = sockets.removeFirst();
    Reply reply = exchange(first, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(reply.status()).isEqualTo(200);
    first.close();
    assertThat(fixture.get("/health").status()).isEqualTo(200);
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void pipelinedSecondRequest_isNotRun() throws IOException {
    String request = "POST /change HTTP/1.1\r\nHost: localhost\r\n\r\n";
    fixture.send(request + request);

    assertThat(fixture.changes).hasValue(1);
    assertThat(fixture.counters.get(Counter.ADMIN_REQUESTS)).isEqualTo(1);
  }
}
