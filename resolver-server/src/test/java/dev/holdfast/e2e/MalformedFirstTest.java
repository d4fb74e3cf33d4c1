package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** A broken reply comes first, with the right id and question, and the real one 50 ms later. */
class MalformedFirstTest {

  private static final long LATER_MILLIS = 50;
  private static final String ADDRESS = "192.0.2.1";

  @TempDir Path folder;

  @Test
  @Attack(Threat.MALFORMED_FIRST)
  void ask_fortyMalformations_realAnswerWins() throws Exception {
    try (DatagramSocket upstream =
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        TestServer server =
            TestServer.asking((InetSocketAddress) upstream.getLocalSocketAddress(), folder);
        Stub stub = server.stub()) {
      int count = 40;
      Thread.ofPlatform().daemon().start(() -> serve(upstream));
      for (int i = 0; i < count; i++) {
        assertThat(Stub.answers(stub.ask("m" + i + ".example.org"))).containsExactly(ADDRESS);
      }

      assertThat(
              server.count(Counter.UPSTREAM_MALFORMED)
                  + server.count(Counter.UPSTREAM_NEAR_MISS_SHAPE))
          .isGreaterThanOrEqualTo(count);
      assertThat(server.count(Counter.UPSTREAMS_WENT_DOWN)).isZero();
      assertThat(server.count(Counter.UPSTREAM_ERROR_REPLIES)).isZero();
      assertThat(server.count(Counter.ANSWERS_FAILURE)).isZero();
    }
  }

  private static void serve(DatagramSocket upstream) {
    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
    try {
      while (true) {
        packet.setLength(packet.getData().length);
        upstream.receive(packet);
        byte[] real = reply(new Message(Arrays.copyOf(packet.getData(), packet.getLength())));
        String name = new Message(real).getQuestion().getName().toString();
        if (name.toLowerCase(Locale.ROOT).matches("m\\d+\\.example\\.org\\.")) {
          List<byte[]> broken = malformations(real);
          int which = Integer.parseInt(name.substring(1, name.indexOf('.')));
          send(upstream, packet, broken.get(which));
          Thread.sleep(LATER_MILLIS);
        }
        send(upstream, packet, real);
      }
    } catch (Exception closed) {
      upstream.close();
    }
  }

  private static void send(DatagramSocket from, DatagramPacket to, byte[] message)
      throws Exception {
    from.send(new DatagramPacket(message, message.length, to.getSocketAddress()));
  }

  private static byte[] reply(Message query) throws Exception {
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setFlag(Flags.RA);
    reply.addRecord(query.getQuestion(), Section.QUESTION);
    reply.addRecord(
        new ARecord(query.getQuestion().getName(), DClass.IN, 300, InetAddress.ofLiteral(ADDRESS)),
        Section.ANSWER);
    return reply.toWire();
  }

  /** The reply cut behind its question, lengthened, with counts and lengths that lie, and so on. */
  private static List<byte[]> malformations(byte[] real) {
    List<byte[]> broken = new ArrayList<>();
    int record = real.length - 16;
    for (int length = record - 4; length < real.length; length++) {
      broken.add(Arrays.copyOf(real, length));
    }
    for (int more = 1; more <= 4; more++) {
      broken.add(Arrays.copyOf(real, real.length + more));
    }
    for (int count : new int[] {7, 9, 11}) {
      for (int value : new int[] {2, 3, 255}) {
        broken.add(with(real, count, value));
      }
    }
    broken.add(with(real, 5, 0));
    broken.add(with(real, 5, 2));
    broken.add(with(real, record, 0x40));
    broken.add(with(real, record, 0x80));
    broken.add(with(real, record, 0xff));
    broken.add(with(real, record + 1, record));
    broken.add(with(real, record + 1, 5));
    broken.add(with(real, record + 11, 3));
    broken.add(with(real, record + 11, 5));
    broken.add(with(real, record + 10, 0xff));
    return broken;
  }

  private static byte[] with(byte[] message, int offset, int value) {
    byte[] changed = message.clone();
    changed[offset] = (byte) value;
    return changed;
  }
}
