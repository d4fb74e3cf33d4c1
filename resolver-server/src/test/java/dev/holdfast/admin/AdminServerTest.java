package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.json.JsonReader;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {

  private static final int PATIENCE_MILLIS = 10_000;
  private static final String SECRET = "0123456789abcdef";
  private static final int SHORT_TIMEOUT_MILLIS = 400;

  private final LoopCounters counters = new LoopCounters();
  private final LoopCounters otherLoop = new LoopCounters();
  private final AtomicInteger changes = new AtomicInteger();
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    server = AdminServer.start(loopback(), routes(), null, counters);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void open_overGet_isOkWithHarmlessHeaders() throws IOException {
    Reply reply = get("/health");

    assertThat(reply.status).isEqualTo(200);
    assertThat(reply.head)
        .contains("content-type: application/json")
        .contains("cache-control: no-store")
        .doesNotContainIgnoringCase("access-control");
    assertThat(reply.json()).isEqualTo(Map.of("status", "ok"));
  }

  @Test
  void status_addsTheLoopsUp() throws IOException {
    otherLoop.add(Counter.QUERIES_UDP, 40);
    counters.add(Counter.QUERIES_UDP, 2);

    assertThat(get("/status").json().get("counters"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("queries_udp", 42L)
        .hasSize(Counter.values().length);
  }

  @Test
  void post_passesParametersAndBody() throws IOException {
    Reply reply =
        send(
            "POST /change?a=1%202&b= HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody");

    assertThat(reply.status).isEqualTo(200);
    assertThat(reply.json())
        .isEqualTo(Map.of("parameters", Map.of("a", "1 2", "b", ""), "body", "body"));
    assertThat(changes).hasValue(1);
  }

  @Test
  void expectContinue_isAnsweredFirst() throws IOException {
    Reply reply =
        send(
            "POST /change HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
                + "Expect: 100-continue\r\n\r\nbody");

    assertThat(reply.status).isEqualTo(100);
    assertThat(reply.body).contains("HTTP/1.1 200 OK");
  }

  @Test
  void unknownPath_is404_namingWhatThereIs() throws IOException {
    Reply reply = get("/nonsense<b>");

    assertThat(reply.status).isEqualTo(404);
    assertThat(reply.body).doesNotContain("<b>");
    assertThat(reply.json().get("error")).isEqualTo("nothing is at /nonsense<b>");
    assertThat((String) reply.json().get("try")).contains("/health", "/status", "/change");
  }

  @Attack(Threat.ADMIN_ABUSE)
  @ParameterizedTest
  @ValueSource(strings = {"GET /change", "POST /health", "DELETE /change", "OPTIONS /change"})
  void otherMethod_is405_andChangesNothing(String requestLine) throws IOException {
    Reply reply = send(requestLine + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(reply.status).isEqualTo(405);
    assertThat(changes).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:9153", "127.0.0.1", "127.0.0.1:1", "[::1]:9153", "[::1]"})
  void host_ofThisMachine_isServed(String host) throws IOException {
    assertThat(send("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status).isEqualTo(200);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example:80",
        "192.0.2.1",
        "::1",
        "[::1",
        "[evil.example]",
        "a:b:c",
        "127.0.0.1.evil.example",
        "localhost:80:80",
        ""
      })
  void host_ofAnotherName_is403(String host) throws IOException {
    Reply reply = send("POST /change HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

    assertThat(reply.status).isEqualTo(403);
    assertThat(changes).hasValue(0);
    assertThat(counters.get(Counter.ADMIN_REJECTED)).isEqualTo(1);
  }

  @Test
  void host_missingOrTwice_is400() throws IOException {
    assertThat(send("GET /health HTTP/1.1\r\n\r\n").status).isEqualTo(400);
    assertThat(send("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n").status)
        .isEqualTo(400);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example", "null", "http://localhost:1"})
  void origin_ofAPageFromElsewhere_is403(String origin) throws IOException {
    Reply reply =
        send("POST /change HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\n\r\n");

    assertThat(reply.status).isEqualTo(403);
    assertThat(changes).hasValue(0);
    assertThat(counters.get(Counter.ADMIN_REJECTED)).isEqualTo(1);
  }

  @Test
  void origin_ofThisServer_isServed() throws IOException {
    String request = "POST /change HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\r\n";

    assertThat(send(request).status).isEqualTo(200);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void body_declaredTooLong_is413AtOnce() throws IOException {
    Reply reply = send("POST /change HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n");

    assertThat(reply.status).isEqualTo(413);
    assertThat(changes).hasValue(0);
    assertThat(counters.get(Counter.ADMIN_REJECTED)).isEqualTo(1);
  }

  @Test
  void body_atTheLimit_isServed() throws IOException {
    String body = "x".repeat(AdminConnection.MAX_BODY_BYTES);
    Reply reply =
        send("POST /change HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65536\r\n\r\n" + body);

    assertThat(reply.json().get("body")).isEqualTo(body);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void body_inChunksTooLong_is413() throws IOException {
    String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
    Reply reply =
        send(
            "POST /change HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk.repeat(6));

    assertThat(reply.status).isEqualTo(413);
    assertThat(changes).hasValue(0);
    assertThat(counters.get(Counter.ADMIN_REJECTED)).isEqualTo(1);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void headers_tooLong_is431() throws IOException {
    String header = "X-A: " + "x".repeat(1_000) + "\r\n";
    Reply reply = send("GET /health HTTP/1.1\r\nHost: localhost\r\n" + header.repeat(9) + "\r\n");

    assertThat(reply.status).isEqualTo(431);
    assertThat(counters.get(Counter.ADMIN_REJECTED)).isEqualTo(1);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void requestLine_tooLong_is414() throws IOException {
    Reply reply = send("GET /" + "x".repeat(5_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(reply.status).isEqualTo(414);
    assertThat(counters.get(Counter.ADMIN_REJECTED)).isEqualTo(1);
  }

  @Test
  void noHttp_is400() throws IOException {
    assertThat(send("\u0000\u0001\u0002 hello\r\n\r\n").status).isEqualTo(400);
  }

  @Test
  void handlerThrows_is500_andTheServerGoesOn() throws IOException {
    Reply reply = get("/broken");

    assertThat(reply.status).isEqualTo(500);
    assertThat((String) reply.json().get("error")).contains("on purpose");
    assertThat(get("/health").status).isEqualTo(200);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void slowBody_is408_andChangesNothing() throws IOException {
    try (AdminServer impatient =
            AdminServer.start(loopback(), routes(), null, counters, SHORT_TIMEOUT_MILLIS);
        Socket socket = connect(impatient)) {
      socket
          .getOutputStream()
          .write(
              "POST /change HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\nslow"
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(read(socket).status).isEqualTo(408);
      assertThat(changes).hasValue(0);
      assertThat(counters.get(Counter.ADMIN_TIMEOUTS)).isEqualTo(1);
    }
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void slowRequest_is408() throws IOException {
    try (AdminServer impatient =
            AdminServer.start(loopback(), routes(), null, counters, SHORT_TIMEOUT_MILLIS);
        Socket socket = connect(impatient)) {
      socket.getOutputStream().write("GET /health HT".getBytes(StandardCharsets.US_ASCII));

      assertThat(read(socket).status).isEqualTo(408);
      assertThat(counters.get(Counter.ADMIN_TIMEOUTS)).isEqualTo(1);
    }
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void clientThatNeverReads_isClosedInTime() throws IOException {
    try (AdminServer impatient =
            AdminServer.start(loopback(), routes(), null, counters, SHORT_TIMEOUT_MILLIS);
        Socket socket = connect(impatient)) {
      socket
          .getOutputStream()
          .write(
              "POST /change HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(read(socket).status).isEqualTo(403);

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
      sockets.add(connect(server));
    }
    try (Socket oneTooMany = connect(server)) {
      assertThat(endOf(oneTooMany)).isTrue();
    }
    assertThat(counters.get(Counter.ADMIN_REFUSED_FULL)).isEqualTo(1);

    Socket first = sockets.removeFirst();
    Reply reply = exchange(first, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(reply.status).isEqualTo(200);
    first.close();
    assertThat(get("/health").status).isEqualTo(200);
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void pipelinedSecondRequest_isNotRun() throws IOException {
    String request = "POST /change HTTP/1.1\r\nHost: localhost\r\n\r\n";
    send(request + request);

    assertThat(changes).hasValue(1);
    assertThat(counters.get(Counter.ADMIN_REQUESTS)).isEqualTo(1);
  }

  @Test
  void close_endsConnections_andTheListening() throws IOException {
    try (Socket idle = connect(server)) {
      server.close();

      assertThat(endOf(idle)).isTrue();
      assertThatThrownBy(() -> connect(server)).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void start_portTaken_saysWhichAndWhy() {
    assertThatThrownBy(() -> AdminServer.start(server.address(), routes(), null, counters))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("admin")
        .hasMessageContaining(Integer.toString(server.address().getPort()))
        .hasMessageContaining("in use");
  }

  @Attack(Threat.ADMIN_ABUSE)
  @ParameterizedTest
  @ValueSource(
      strings = {"GET /status", "POST /change", "GET /nowhere", "POST /health", "GET /he%61lth"})
  void token_missingOrWrong_is401(String requestLine) throws IOException {
    serveWithToken();

    Reply without = send(requestLine + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    Reply wrong =
        send(requestLine + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer wrong\r\n\r\n");

    assertThat(without.status).isEqualTo(401);
    assertThat(without.head).containsIgnoringCase("www-authenticate: Bearer");
    assertThat(wrong.status).isEqualTo(401);
    assertThat(changes).hasValue(0);
    assertThat(counters.get(Counter.ADMIN_UNAUTHORIZED)).isEqualTo(2);
  }

  @Test
  void token_right_letsInUnderAnyHost() throws IOException {
    serveWithToken();
    String authorized = "Authorization: Bearer " + SECRET + "\r\n\r\n";

    assertThat(send("POST /change HTTP/1.1\r\nHost: localhost\r\n" + authorized).status)
        .isEqualTo(200);
    assertThat(send("GET /status HTTP/1.1\r\nHost: node7.example.org\r\n" + authorized).status)
        .isEqualTo(200);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void token_openRoute_needsNoneButTheRightHost() throws IOException {
    serveWithToken();

    assertThat(get("/health").status).isEqualTo(200);
    assertThat(send("GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n").status).isEqualTo(403);
    assertThat(counters.get(Counter.ADMIN_REJECTED)).isEqualTo(1);
  }

  private void serveWithToken() throws IOException {
    server.close();
    server = AdminServer.start(loopback(), routes(), Token.of(SECRET), counters);
  }

  @Test
  void route_twice_isRefused() {
    AdminRoute route = new AdminRoute("GET", "/x", request -> AdminResponse.ok(Map.of()));

    assertThatThrownBy(() -> AdminServer.start(loopback(), List.of(route, route), null, counters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GET /x");
  }

  private List<AdminRoute> routes() {
    return List.of(
        AdminRoute.open("/health", request -> AdminResponse.ok(Map.of("status", "ok"))),
        AdminRoutes.status(List.of(counters, otherLoop), Map::of),
        new AdminRoute(
            "POST",
            "/change",
            request -> {
              changes.incrementAndGet();
              return AdminResponse.ok(
                  Map.of("parameters", request.parameters(), "body", request.body()));
            }),
        new AdminRoute(
            "GET",
            "/broken",
            request -> {
              throw new IllegalStateException("on purpose");
            }));
  }

  private Reply get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  private Reply send(String request) throws IOException {
    try (Socket socket = connect(server)) {
      return exchange(socket, request);
    }
  }

  private static Reply exchange(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return read(socket);
  }

  private static Reply read(Socket socket) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    socket.getInputStream().transferTo(bytes);
    return new Reply(bytes.toString(StandardCharsets.UTF_8));
  }

  private static boolean endOf(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() == -1;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static Socket connect(AdminServer to) throws IOException {
    Socket socket = new Socket();
    socket.connect(to.address(), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  private static final class Reply {
    final int status;
    final String head;
    final String body;

    Reply(String text) {
      assertThat(text).startsWith("HTTP/1.1 ");
      int end = text.indexOf("\r\n\r\n");
      status = Integer.parseInt(text.substring(9, 12));
      head = text.substring(0, end);
      body = text.substring(end + 4);
    }

    Map<?, ?> json() {
      return JsonReader.readObject(body);
    }
  }
}
