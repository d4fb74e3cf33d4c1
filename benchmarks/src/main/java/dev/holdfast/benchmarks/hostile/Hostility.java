package dev.holdfast.benchmarks.hostile;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** The hostile clients: garbage over UDP, TCP and to the admin address, and clients that dawdle. */
final class Hostility {

  private static final int DATAGRAM_SOCKETS = 8;
  private static final int DATAGRAMS_AT_ONCE = 10;
  private static final int SLOW_CLIENTS = 120;
  private static final int TIMEOUT_MILLIS = 2000;
  private static final int PIPELINED = 300;

  private final InetSocketAddress server;
  private final InetSocketAddress admin;
  private final BooleanSupplier going;
  private final AtomicLong datagrams = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong slowConnections = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();

  Hostility(InetSocketAddress server, InetSocketAddress admin, BooleanSupplier going) {
    this.server = server;
    this.admin = admin;
    this.going = going;
  }

  void start() {
    Thread.ofPlatform().start(this::sendDatagrams);
    Thread.ofPlatform().start(this::sendFrames);
    Thread.ofPlatform().start(this::sendRequests);
    for (int i = 0; i < SLOW_CLIENTS; i++) {
      int client = i;
      Thread.ofVirtual().start(() -> dawdle(client));
    }
  }

  private void sendDatagrams() {
    Malice malice = new Malice(1);
    DatagramSocket[] sockets = new DatagramSocket[DATAGRAM_SOCKETS];
    try {
      for (int i = 0; i < sockets.length; i++) {
        sockets[i] = new DatagramSocket(0, InetAddress.ofLiteral("127.0.2." + (i + 1)));
      }
      while (going.getAsBoolean()) {
        for (int i = 0; i < DATAGRAMS_AT_ONCE; i++) {
          byte[] query = malice.query();
          sockets[malice.below(sockets.length)].send(
              new DatagramPacket(query, query.length, server));
          datagrams.incrementAndGet();
        }
        pause(10);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /* Frames of any length with anything inside, and every other connection is torn, not closed. */
  private void sendFrames() {
    Malice malice = new Malice(2);
    while (going.getAsBoolean()) {
      try (Socket socket = new Socket()) {
        socket.bind(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.3." + (1 + malice.below(50))), 0));
        socket.connect(server, TIMEOUT_MILLIS);
        for (int i = malice.below(20); i >= 0; i--) {
          byte[] message = malice.query();
          socket
              .getOutputStream()
              .write(malice.below(4) == 0 ? malice.noise(1 + malice.below(500)) : frame(message));
        }
        socket.setSoLinger(malice.below(2) == 0, 0);
      } catch (IOException e) {
        // The server hung up first.
      }
      connections.incrementAndGet();
      pause(30);
    }
  }

  private void dawdle(int client) {
    Malice malice = new Malice(1000 + client);
    while (going.getAsBoolean()) {
      try (Socket socket = new Socket()) {
        socket.bind(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.4." + (1 + client % 20)), 0));
        socket.setReceiveBufferSize(2048);
        socket.connect(server, TIMEOUT_MILLIS);
        slowConnections.incrementAndGet();
        byte[] query = frame(Wire.query(client, "w" + client + ".good.example", Wire.A));
        if (client % 2 == 0) {
          for (int i = 0; i < PIPELINED; i++) { // and never reads
            socket.getOutputStream().write(query);
          }
        }
        for (int i = 0; i < query.length && going.getAsBoolean(); i++) {
          socket.getOutputStream().write(query[i]);
          Thread.sleep(200 + malice.below(1500));
        }
      } catch (IOException e) {
        // Turned away or out of patience with it, as it should be.
      } catch (InterruptedException e) {
        return;
      }
      pause(200);
    }
  }

  private void sendRequests() {
    Malice malice = new Malice(4);
    List<String> requests =
        List.of(
            "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET /explain?name=%3Cscript%3E HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET /cache?limit=1000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET /cache?suffix=\u0000&limit=-1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            "POST /flush?all=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\n\r\n",
            "POST /flush HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999999\r\n\r\n{",
            "GET /" + "a".repeat(9000) + " HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nX: " + "b".repeat(20_000) + "\r\n\r\n",
            "BREW /pot HTCPCP/1.0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: 127.0");
    while (going.getAsBoolean()) {
      try (Socket socket = new Socket()) {
        socket.connect(admin, TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        int choice = malice.below(requests.size() + 1);
        byte[] request =
            choice == requests.size()
                ? malice.noise(1 + malice.below(3000))
                : requests.get(choice).getBytes(StandardCharsets.ISO_8859_1);
        socket.getOutputStream().write(request);
        var _ = socket.getInputStream().readNBytes(1 << 16);
      } catch (IOException e) {
        // Refused, or no answer, as it should be.
      }
      this.requests.incrementAndGet();
      pause(100);
    }
  }

  /** Returns {@code message} behind its length. */
  static byte[] frame(byte[] message) {
    byte[] frame = new byte[message.length + 2];
    frame[0] = (byte) (message.length >>> 8);
    frame[1] = (byte) message.length;
    System.arraycopy(message, 0, frame, 2, message.length);
    return frame;
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What was sent, for the table. */
  @Override
  public String toString() {
    return "%s datagrams, %s connections with garbage, %s slow ones, %s requests to the admin"
        .formatted(datagrams, connections, slowConnections, requests);
  }
}
