package dev.holdfast.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A forwarder over UDP that changes nothing: what comes to it goes on to another server, and the
 * answers go back. Keeps the first of what went either way. Two threads; thread-safe.
 */
final class Relay implements AutoCloseable {

  private static final int IDS = 1 << 16;
  private static final int MAX_DATAGRAM_BYTES = 4096;
  private static final int MAX_KEPT = 512;

  private final DatagramSocket front;
  private final DatagramSocket back;
  private final AtomicLong forwarded = new AtomicLong();
  private final List<byte[]> queries = new CopyOnWriteArrayList<>();
  private final List<byte[]> replies = new CopyOnWriteArrayList<>();

  /** Who asked last with an id. */
  private final @Nullable SocketAddress[] askers = new SocketAddress[IDS];

  private Relay(DatagramSocket front, DatagramSocket back) {
    this.front = front;
    this.back = back;
  }

  /** Opens a relay that does not know yet whom to ask. */
  static Relay start() throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    return new Relay(new DatagramSocket(anyPort), new DatagramSocket(anyPort));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) front.getLocalSocketAddress();
  }

  /** Begins to forward. */
  void forwardTo(InetSocketAddress server) {
    Thread.ofPlatform().daemon().name("relay").start(() -> forward(server));
    Thread.ofPlatform().daemon().name("relay-back").start(this::comeBack);
  }

  /** How many messages were forwarded. */
  long forwarded() {
    return forwarded.get();
  }

  /** The first messages that were forwarded, oldest first. */
  List<byte[]> queries() {
    return queries;
  }

  /** The first messages that came back, oldest first. */
  List<byte[]> replies() {
    return replies;
  }

  private static void keep(List<byte[]> messages, DatagramPacket packet) {
    if (messages.size() < MAX_KEPT) {
      messages.add(Arrays.copyOf(packet.getData(), packet.getLength()));
    }
  }

  private void forward(InetSocketAddress server) {
    DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM_BYTES], MAX_DATAGRAM_BYTES);
    try {
      while (true) {
        packet.setLength(MAX_DATAGRAM_BYTES);
        front.receive(packet);
        synchronized (askers) {
          askers[id(packet)] = packet.getSocketAddress();
        }
        forwarded.incrementAndGet();
        keep(queries, packet);
        back.send(new DatagramPacket(packet.getData(), packet.getLength(), server));
      }
    } catch (IOException closed) {
      back.close();
    }
  }

  private void comeBack() {
    DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM_BYTES], MAX_DATAGRAM_BYTES);
    try {
      while (true) {
        packet.setLength(MAX_DATAGRAM_BYTES);
        back.receive(packet);
        keep(replies, packet);
        SocketAddress asker;
        synchronized (askers) {
          asker = askers[id(packet)];
        }
        front.send(new DatagramPacket(packet.getData(), packet.getLength(), asker));
      }
    } catch (IOException closed) {
      front.close();
    }
  }

  private static int id(DatagramPacket packet) {
    return (packet.getData()[0] & 0xff) << 8 | (packet.getData()[1] & 0xff);
  }

  @Override
  public void close() {
    front.close();
    back.close();
  }
}
