package dev.holdfast.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.xbill.DNS.Type;

/**
 * A client that asks for one name again and again, a window of queries at a time, each time from
 * another socket so that all of the server's sockets get their share. Counts what is lost.
 * Thread-safe.
 */
final class Hammer {

  private static final int WINDOW = 16;
  private static final int ID_LOW_BYTE = 1;
  private static final int TIMEOUT_MILLIS = 3_000;

  private final InetSocketAddress server;
  private final byte[] query = QueryBytes.of("www.example.org", Type.A).build();
  private final CompletableFuture<Long> lost;
  private volatile boolean stopped;

  private Hammer(InetSocketAddress server) {
    this.server = server;
    lost =
        CompletableFuture.supplyAsync(
            this::run, task -> Executors.defaultThreadFactory().newThread(task).start());
  }

  /** Starts several and returns when all of them have been answered. */
  static List<Hammer> start(int count, InetSocketAddress server) throws IOException {
    try (Stub first = new Stub(server)) {
      first.ask("www.example.org");
    }
    List<Hammer> hammers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hammers.add(new Hammer(server));
    }
    return hammers;
  }

  /** Stops and returns how many queries were never answered. */
  long stop() {
    stopped = true;
    return lost.join();
  }

  private long run() {
    long missing = 0;
    while (!stopped) {
      try (DatagramSocket socket = new DatagramSocket()) {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(server);
        missing += exchange(socket);
      } catch (IOException e) {
        missing += WINDOW;
      }
    }
    return missing;
  }

  private int exchange(DatagramSocket socket) throws IOException {
    for (int i = 0; i < WINDOW; i++) {
      query[ID_LOW_BYTE] = (byte) i; // the same datagram again would be answered once
      socket.send(new DatagramPacket(query, query.length));
    }
    DatagramPacket response = new DatagramPacket(new byte[512], 512);
    for (int i = 0; i < WINDOW; i++) {
      try {
        socket.receive(response);
      } catch (SocketTimeoutException e) {
        return WINDOW - i;
      }
    }
    return 0;
  }
}
