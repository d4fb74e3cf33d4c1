package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.json.JsonReader;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** An admin server on a free port, with a few routes, and a client that sends any bytes. */
final class AdminFixture implements AutoCloseable {

  static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  /** The token of {@link #serveWithToken}. */
  static final String SECRET = "0123456789abcdef";

  private static final int PATIENCE_MILLIS = 10_000;
  private static final int SHORT_TIMEOUT_MILLIS = 1_000;

  final LoopCounters counters = new LoopCounters();
  final LoopCounters otherLoop = new LoopCounters();
  final AtomicInteger changes = new AtomicInteger();
  AdminServer server;

  AdminFixture() throws IOException {
    server = AdminServer.start(LOOPBACK, routes(), null, counters);
  }

  /** Replaces the server by one that asks for the token. */
  void serveWithToken() throws IOException {
    server.close();
    server = AdminServer.start(LOOPBACK, routes(), Token.of(SECRET), counters);
  }

  /** Another server, which soon gives up. */
  AdminServer impatientServer() throws IOException {
    return AdminServer.start(LOOPBACK, routes(), null, counters, SHORT_TIMEOUT_MILLIS);
  }

  List<AdminRoute> routes() {
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

  Reply get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  Reply send(String request) throws IOException {
    try (Socket socket = connect(server)) {
      return exchange(socket, request);
    }
  }

  /** Sends to another server, which soon gives up. */
  Reply sendToImpatient(String request) throws IOException {
    try (AdminServer impatient = impatientServer();
        Socket socket = connect(impatient)) {
      return exchange(socket, request);
    }
  }

  /** It has this status, was counted, and changed nothing. */
  void assertRefused(Reply reply, int status, Counter counter) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(changes).hasValue(0);
    assertThat(counters.get(counter)).isEqualTo(1);
  }

  static Reply exchange(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return read(socket);
  }

  private static Reply read(Socket socket) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    socket.getInputStream().transferTo(bytes);
    return Reply.of(bytes.toString(StandardCharsets.UTF_8));
  }

  static boolean endOf(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() == -1;
    } catch (SocketException reset) {
      return true;
    }
  }

  static Socket connect(AdminServer to) throws IOException {
    Socket socket = new Socket();
    socket.connect(to.address(), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  @Override
  public void close() {
    server.close();
  }

  /** A response, taken apart. */
  record Reply(int status, String head, String body) {

    static Reply of(String text) {
      assertThat(text).startsWith("HTTP/1.1 ");
      int end = text.indexOf("\r\n\r\n");
      return new Reply(
          Integer.parseInt(text.substring(9, 12)), text.substring(0, end), text.substring(end + 4));
    }

    Map<?, ?> json() {
      return JsonReader.readObject(body);
    }
  }
}
