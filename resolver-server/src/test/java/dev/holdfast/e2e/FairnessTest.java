package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * Clients that flood with names nobody asked for before, up to 20,000 a second, and one that asks
 * little, while the upstream is slow: it gets every answer.
 */
@Attack(Threat.UNFAIR_CLIENT)
class FairnessTest {

  private static final int QUESTIONS = 25;

  /** A flooder sends so many queries and then rests for a millisecond. */
  private static final int BURST = 20;

  private static final int TIMEOUT_MILLIS = 3000;
  private static final int TRIES = 4;
  private static final long SLOW_MILLIS = 150;

  @TempDir Path folder;

  private final ScriptedUpstream upstream =
      ScriptedUpstream.start(
          new Zone()
              .set("*.flood.example.org", "A", 300, "192.0.2.1")
              .set("*.www.example.org", "A", 300, "192.0.2.2"));

  @AfterEach
  void close() {
    upstream.close();
  }

  @Test
  void flood_fromOneAddress_takesNothingFromAnotherClient() throws Exception {
    askBesideFloods(1);
  }

  @Test
  void flood_fromFiveAddresses_takesNothingFromAnotherClient() throws Exception {
    askBesideFloods(5);
  }

  private void askBesideFloods(int floods) throws Exception {
    upstream.breakWith(Breakage.SLOW, SLOW_MILLIS);
    try (TestServer server =
            TestServer.asking(upstream.address(), folder, "limits.in-flight-per-upstream=100");
        Flood flood = new Flood(server.address(), floods);
        DatagramSocket victim = socket("127.0.0.2", server.address())) {
      Await.until("a flood", () -> server.count(Counter.LIMIT_IN_FLIGHT_PER_CLIENT) > 1000);
      List<Integer> rcodes = new ArrayList<>();
      for (int i = 0; i < QUESTIONS; i++) {
        rcodes.add(ask(victim, "q" + i + ".www.example.org"));
      }

      assertThat(rcodes).containsOnly(Rcode.NOERROR);
      assertThat(server.count(Counter.LIMIT_IN_FLIGHT_REPLACED)).isZero();
      assertThat(flood.isAlive()).isTrue();
    }
  }

  private static DatagramSocket socket(String address, InetSocketAddress server)
      throws IOException {
    DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    socket.connect(server);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  /** Asks as a stub does: again when nothing comes, as the flood fills the server's socket too. */
  private static int ask(DatagramSocket socket, String name) throws IOException {
    byte[] query = QueryBytes.of(name, Type.A).edns(1232).build();
    DatagramPacket response = new DatagramPacket(new byte[1232], 1232);
    for (int i = 1; ; i++) {
      socket.send(new DatagramPacket(query, query.length));
      try {
        Message message;
        do {
          socket.receive(response);
          message = new Message(response.getData());
        } while (!message.getQuestion().getName().toString().equals(name + "."));
        return message.getRcode();
      } catch (SocketTimeoutException e) {
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  /** Asks for new names from addresses of its own, and reads no answers. */
  private static final class Flood implements AutoCloseable {

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<DatagramSocket> sockets = new ArrayList<>();

    Flood(InetSocketAddress server, int addresses) throws IOException {
      for (int i = 0; i < addresses; i++) {
        DatagramSocket socket = socket("127.0.1." + (i + 1), server);
        socket.setReceiveBufferSize(1);
        sockets.add(socket);
      }
      Thread.ofPlatform().daemon().start(this::run);
    }

    private void run() {
      try {
        for (int i = 0; !stopped.get(); i++) {
          byte[] query = QueryBytes.of("q" + i + ".flood.example.org", Type.A).id(i).build();
          sockets.get(i % sockets.size()).send(new DatagramPacket(query, query.length));
          if (i % BURST == 0) {
            LockSupport.parkNanos(1_000_000);
          }
        }
      } catch (IOException closed) {
        stopped.set(true); // By the test, or it fails.
      }
    }

    boolean isAlive() {
      return !stopped.get();
    }

    @Override
    public void close() {
      stopped.set(true);
      sockets.forEach(DatagramSocket::close);
    }
  }
}
