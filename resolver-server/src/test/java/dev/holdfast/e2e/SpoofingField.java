package dev.holdfast.e2e;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What stands around a server that is spoofed at: an upstream that takes its time, a client that
 * asks one question again and again, and the {@link RawSpoofer}. Runs in a {@link Namespace} and
 * prints what came of it.
 */
final class SpoofingField {

  /** In place of the kinds of forged replies: messages that no reply will come. */
  static final String ICMP = "ICMP";

  static final String UPSTREAM = "192.0.2.53";
  static final String NAME = "victim-of-many-letters.example.org";

  /** What the upstream says, and what the spoofer. */
  static final byte[] REAL = {(byte) 198, 51, 100, 80};

  static final byte[] FORGED = {(byte) 203, 0, 113, 66};

  /** So that the question is outstanding nearly all the time. */
  private static final long UPSTREAM_MILLIS = 200;

  private static final int DNS_PORT = 53;
  private static final int CLIENT_TIMEOUT_MILLIS = 10_000;
  private static final int QUESTIONS_AFTERWARDS = 10;
  private static final String ADMIN = "http://127.0.0.1:9153";

  /** Sends forged packets with a raw socket, and says in a line what it sent. */
  interface Forger extends AutoCloseable {

    /** Sends until a time comes. */
    void run(long endNanos) throws IOException;

    @Override
    void close();
  }

  private final ScheduledExecutorService replies =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private int right;
  private int wrong;
  private int failed;

  private SpoofingField() {}

  public static void main(String[] arguments) throws Exception {
    try (Forger forger = forger(arguments[1], arguments[2])) {
      new SpoofingField().run(Integer.parseInt(arguments[0]), forger);
    }
  }

  private static Forger forger(String packetsPerSecond, String kinds) throws IOException {
    return kinds.equals(ICMP)
        ? new IcmpForger()
        : new RawSpoofer(
            Integer.parseInt(packetsPerSecond),
            Stream.of(kinds.split(",", -1)).map(RawSpoofer.Kind::valueOf).toList());
  }

  private void run(int seconds, Forger forger) throws Exception {
    Thread.ofPlatform().daemon().start(unchecked(this::serveDatagrams));
    Thread.ofPlatform().daemon().start(unchecked(this::serveConnections));
    try (DatagramSocket client = new DatagramSocket()) {
      client.setSoTimeout(CLIENT_TIMEOUT_MILLIS);
      client.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), DNS_PORT));
      ask(client);
      long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      Thread forging = Thread.ofPlatform().start(unchecked(() -> forger.run(endNanos)));
      while (System.nanoTime() - endNanos < 0) {
        ask(client);
      }
      forging.join();
      System.out.println(forger);
      for (int i = 0; i < QUESTIONS_AFTERWARDS; i++) {
        ask(client);
      }
    }
    System.out.printf("answers right=%d wrong=%d failed=%d%n", right, wrong, failed);
    get("/metrics")
        .lines()
        .filter(line -> line.matches("holdfast_upstream(s|_near|_sockets|_asked|_late).*"))
        .forEach(System.out::println);
    System.out.println(get("/upstreams"));
    System.out.println("done");
  }

  private void ask(DatagramSocket client) throws IOException {
    byte[] query = QueryBytes.of(NAME, 1).edns(1232).build();
    client.send(new DatagramPacket(query, query.length));
    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
    try {
      client.receive(packet);
    } catch (SocketTimeoutException e) {
      failed++;
      return;
    }
    String reply = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
    if (reply.contains(new String(FORGED, StandardCharsets.ISO_8859_1))) {
      wrong++;
    } else if (reply.contains(new String(REAL, StandardCharsets.ISO_8859_1))) {
      right++;
    } else {
      failed++;
    }
  }

  private static String get(String path) throws IOException {
    try (var in = URI.create(ADMIN + path).toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void serveDatagrams() throws IOException {
    DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(UPSTREAM), DNS_PORT));
    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
    while (true) {
      packet.setLength(packet.getData().length);
      socket.receive(packet);
      SocketAddress from = packet.getSocketAddress();
      byte[] reply = answer(Arrays.copyOf(packet.getData(), packet.getLength()), REAL, 0);
      var _ =
          replies.schedule(
              unchecked(() -> socket.send(new DatagramPacket(reply, reply.length, from))),
              UPSTREAM_MILLIS,
              TimeUnit.MILLISECONDS);
    }
  }

  private void serveConnections() throws IOException {
    try (ServerSocket acceptor = new ServerSocket()) {
      acceptor.bind(new InetSocketAddress(InetAddress.ofLiteral(UPSTREAM), DNS_PORT));
      while (true) {
        Socket socket = acceptor.accept();
        Thread.ofPlatform().daemon().start(unchecked(() -> serve(socket)));
      }
    }
  }

  private static void serve(Socket socket) throws IOException {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      while (true) {
        byte[] reply = answer(in.readNBytes(in.readUnsignedShort()), REAL, 0);
        out.write(
            ByteBuffer.allocate(2 + reply.length)
                .putShort((short) reply.length)
                .put(reply)
                .array());
      }
    }
  }

  /** The query made a response with one address, and without an OPT record. */
  static byte[] answer(byte[] query, byte[] address, int ttlSeconds) {
    int questionEnd = 12 + NAME.length() + 2 + 4;
    byte[] reply = Arrays.copyOf(query, questionEnd + 16);
    reply[2] = (byte) 0x81;
    reply[3] = (byte) 0x80;
    reply[7] = 1;
    reply[11] = 0;
    byte[] record = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, (byte) (ttlSeconds >>> 16), 0, 0, 0, 4};
    System.arraycopy(record, 0, reply, questionEnd, record.length);
    System.arraycopy(address, 0, reply, questionEnd + record.length, address.length);
    return reply;
  }

  /** Something that input or output may end. */
  private interface Work {
    void run() throws Exception;
  }

  private static Runnable unchecked(Work work) {
    return () -> {
      try {
        work.run();
      } catch (Exception ended) {
        System.err.println(ended);
      }
    };
  }
}
