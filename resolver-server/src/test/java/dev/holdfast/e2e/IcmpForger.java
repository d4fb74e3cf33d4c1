package dev.holdfast.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells the server again and again that its datagrams do not arrive: those of each port that is
 * open towards the upstream, more than anybody off the path can know, and those of ports that are
 * not. Confined to one thread.
 */
final class IcmpForger implements SpoofingField.Forger {

  /** What it says, as a destination unreachable (RFC 792, RFC 1191 §4). */
  enum Kind {
    PORT_UNREACHABLE(3, 0),
    HOST_UNREACHABLE(1, 0),
    FRAGMENTATION_NEEDED(4, 68);

    private final int code;
    private final int mtu;

    Kind(int code, int mtu) {
      this.code = code;
      this.mtu = mtu;
    }
  }

  private static final InetAddress UPSTREAM = InetAddress.ofLiteral(SpoofingField.UPSTREAM);
  private static final InetAddress ROUTER = InetAddress.ofLiteral("192.0.2.54");
  private static final int DNS_PORT = 53;
  private static final int UNREACHABLE = 3;
  private static final int HEADER_LENGTH = 8;

  /** Longer than the upstream takes to answer, so that no query is told more than twice. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int WRONG_PORTS = 1000;

  private final RawSocket socket = new RawSocket(UPSTREAM);
  private final SplittableRandom random = new SplittableRandom();
  private final long[] sent = new long[Kind.values().length];

  IcmpForger() throws IOException {}

  /** Sends one kind after the other, with pauses, until the time comes. */
  @Override
  public void run(long endNanos) throws IOException {
    Kind[] kinds = Kind.values();
    for (int turn = 0; System.nanoTime() - endNanos < 0; turn++) {
      Kind kind = kinds[turn % kinds.length];
      int[] open = RawSpoofer.portsTowardsUpstream();
      for (int port : open) {
        if (socket.send(packet(kind, port))) {
          sent[kind.ordinal()]++;
        }
      }
      for (int i = 0; i < WRONG_PORTS; i++) {
        int port = random.nextInt(1024, 1 << 16);
        if (Arrays.stream(open).noneMatch(each -> each == port)) {
          socket.send(packet(kind, port));
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** A message of a router about a query from {@code port}. */
  private static byte[] packet(Kind kind, int port) {
    byte[] lost = RawSocket.datagram(UPSTREAM, port, UPSTREAM, DNS_PORT, new byte[32]);
    ByteBuffer message =
        ByteBuffer.allocate(HEADER_LENGTH + lost.length)
            .put((byte) UNREACHABLE)
            .put((byte) kind.code)
            .putInt(0)
            .putShort((short) kind.mtu)
            .put(lost);
    message.putShort(2, checksum(message));
    return RawSocket.packet(RawSocket.PROTOCOL_ICMP, ROUTER, UPSTREAM, message.array());
  }

  /** RFC 1071 §4.1, of an even number of bytes. */
  private static short checksum(ByteBuffer message) {
    int sum = 0;
    for (int i = 0; i < message.capacity(); i += Short.BYTES) {
      sum += Short.toUnsignedInt(message.getShort(i));
    }
    sum = (sum >>> 16) + (sum & 0xffff);
    return (short) ~(sum + (sum >>> 16));
  }

  /** Messages about ports that were open. */
  @Override
  public String toString() {
    StringBuilder counts = new StringBuilder("sent");
    for (Kind kind : Kind.values()) {
      counts.append(' ').append(kind).append('=').append(sent[kind.ordinal()]);
    }
    return counts.toString();
  }

  @Override
  public void close() {
    socket.close();
  }
}
