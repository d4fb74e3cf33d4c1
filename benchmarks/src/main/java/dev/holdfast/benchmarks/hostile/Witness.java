package dev.holdfast.benchmarks.hostile;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A normal client that knows what each answer has to be, and asks once more when none came, as stub
 * resolvers do. Has a thread of its own.
 */
final class Witness implements Runnable {

  private static final int NAMES = 5000;
  private static final int ATTEMPTS = 2;
  private static final int TIMEOUT_MILLIS = 5000;
  private static final long PAUSE_MILLIS = 20;

  private final InetSocketAddress server;
  private final boolean stream;
  private final BooleanSupplier going;
  private final Random random = new Random(5);

  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();

  Witness(InetSocketAddress server, boolean stream, BooleanSupplier going) {
    this.server = server;
    this.stream = stream;
    this.going = going;
  }

  @Override
  public void run() {
    while (going.getAsBoolean()) {
      String name = "w" + random.nextInt(NAMES) + ".good.example";
      byte[] query = Wire.query(random.nextInt(1 << 16), name, random.nextInt(4) == 0 ? 28 : 1);
      boolean answered = false;
      for (int attempt = 0; attempt < ATTEMPTS && !answered; attempt++) {
        try {
          byte[] response = stream ? askStream(query) : askDatagram(query);
          answered = true;
          if (!Wire.isRight(query, response)) {
            wrong.incrementAndGet();
            System.err.println("wrong: " + name + " " + Arrays.toString(response));
          }
        } catch (IOException e) {
          // Asked again.
        }
      }
      asked.incrementAndGet();
      if (!answered) {
        lost.incrementAndGet();
      }
      Hostility.pause(PAUSE_MILLIS);
    }
  }

  private byte[] askDatagram(byte[] query) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(server);
      socket.send(new DatagramPacket(query, query.length));
      DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
      socket.receive(packet);
      return Arrays.copyOf(packet.getData(), packet.getLength());
    }
  }

  private byte[] askStream(byte[] query) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(server, TIMEOUT_MILLIS);
      socket.getOutputStream().write(Hostility.frame(query));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] response = new byte[in.readUnsignedShort()];
      in.readFully(response);
      return response;
    }
  }

  /** What came of it, for the table. */
  @Override
  public String toString() {
    return "%s: %s asked, %s lost, %s wrong".formatted(stream ? "tcp" : "udp", asked, lost, wrong);
  }
}
