package dev.holdfast;

import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Supplier;

/**
 * Tells the service manager that this process lives, each time it has answered a real query that
 * came over its own sockets. It asks from another port each time, so that the loops take turns. Has
 * a thread of its own.
 */
final class Watchdog implements AutoCloseable {

  /** Queries between two deadlines, so that a lost one is no reason to be killed. */
  private static final int TRIES = 4;

  private static final int MAX_RESPONSE_LENGTH = 512;
  private static final byte[] QNAME = Names.parse("localhost"); // answered here, whoever is down

  private final ServiceManager manager;
  private final Supplier<List<InetSocketAddress>> served;
  private final SecureRandom random = new SecureRandom();
  private final Thread thread;
  private int turn;

  private Watchdog(ServiceManager manager, Supplier<List<InetSocketAddress>> served) {
    this.manager = manager;
    this.served = served;
    this.thread = Thread.ofPlatform().daemon().name("holdfast-watchdog").unstarted(this::run);
  }

  /** Starts to ask the addresses that are served, if the manager wants to hear of it. */
  static Watchdog start(ServiceManager manager, Supplier<List<InetSocketAddress>> served) {
    Watchdog watchdog = new Watchdog(manager, served);
    if (manager.watchdogMillis() > 0) {
      watchdog.thread.start();
    }
    return watchdog;
  }

  private void run() {
    long periodMillis = Math.max(1, manager.watchdogMillis() / TRIES);
    try {
      while (true) {
        if (isAnswered((int) periodMillis)) {
          manager.alive();
        }
        Thread.sleep(periodMillis);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Whether the server answers within the time. */
  boolean isAnswered(int timeoutMillis) {
    List<InetSocketAddress> addresses = served.get();
    if (addresses.isEmpty()) {
      return false;
    }
    byte[] query = query();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(timeoutMillis);
      socket.connect(reachable(addresses.get(turn++ % addresses.size())));
      socket.send(new DatagramPacket(query, query.length));
      byte[] response = new byte[MAX_RESPONSE_LENGTH];
      socket.receive(new DatagramPacket(response, response.length));
      return response[0] == query[0] && response[1] == query[1];
    } catch (IOException e) {
      return false;
    }
  }

  private byte[] query() {
    ByteBuffer query = ByteBuffer.allocate(Header.LENGTH + QNAME.length + 2 * Short.BYTES);
    query.putShort((short) random.nextInt()).putShort((short) Header.RD).putShort((short) 1);
    query.position(Header.LENGTH);
    query.put(QNAME).putShort((short) RecordType.A).putShort((short) RecordClass.IN);
    return query.array();
  }

  private static InetSocketAddress reachable(InetSocketAddress served) {
    InetAddress address = served.getAddress();
    if (!address.isAnyLocalAddress()) {
      return served;
    }
    String loopback = address instanceof Inet6Address ? "::1" : "127.0.0.1";
    return new InetSocketAddress(InetAddress.ofLiteral(loopback), served.getPort());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
