package dev.holdfast.page;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Clients that ask for a few names of the demo's zone all the time, at a modest rate. */
final class Clients implements AutoCloseable {

  private static final long PAUSE_MILLIS = 20;
  private static final List<String> NAMES =
      List.of(
          "short.example.org.", "short.example.org.", "www.example.org.", "absent.example.org.");

  private final DatagramSocket socket;

  Clients(InetSocketAddress server) throws SocketException {
    socket = new DatagramSocket();
    socket.connect(server);
    Thread.ofPlatform().daemon().start(this::ask);
    Thread.ofPlatform().daemon().start(this::read);
  }

  private void ask() {
    try {
      for (int i = 0; !socket.isClosed(); i++) {
        ask(NAMES.get(i % NAMES.size()), 1);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } catch (IOException | InterruptedException e) {
      // closed
    }
  }

  /** Asks for one more name so many times. */
  void ask(String name, int times) throws IOException {
    Record question = Record.newRecord(Name.fromString(name), Type.A, DClass.IN);
    for (int i = 0; i < times; i++) {
      byte[] query = Message.newQuery(question).toWire();
      socket.send(new DatagramPacket(query, query.length));
    }
  }

  private void read() {
    try {
      while (true) {
        socket.receive(new DatagramPacket(new byte[4096], 4096));
      }
    } catch (IOException e) {
      // closed
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
