package dev.holdfast.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Forges replies of an upstream with a raw socket, in turns of each {@link Kind} that it is told.
 * Confined to one thread.
 */
final class RawSpoofer implements SpoofingField.Forger {

  /** What a forged reply lacks. */
  enum Kind {
    /** The id; the port is known, more than any spoofer off the path can hope for. */
    ID,
    /** The id and the port. */
    PORT,
    /** The id and the source, another address or port than the upstream's; the port is known. */
    SOURCE
  }

  private static final int UDP_OFFSET = RawSocket.IP_HEADER_LENGTH;
  private static final int MESSAGE_OFFSET = UDP_OFFSET + RawSocket.UDP_HEADER_LENGTH;
  private static final int NAME_OFFSET = MESSAGE_OFFSET + 12;
  private static final InetAddress UPSTREAM = InetAddress.ofLiteral(SpoofingField.UPSTREAM);
  private static final int DNS_PORT = 53;
  private static final int TTL_SECONDS = 86_400;
  private static final long PORTS_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** How /proc/net/udp writes the upstream's address and port. */
  private static final String UPSTREAM_IN_PROC = "350200C0:0035";

  private final SplittableRandom random = new SplittableRandom();
  private final byte[] packet = newPacket();
  private final int packetsPerSecond;
  private final List<Kind> kinds;
  private final RawSocket socket = new RawSocket(UPSTREAM);
  private int[] knownPorts = {};
  private final long[] sent = new long[Kind.values().length];
  private long lost;

  RawSpoofer(int packetsPerSecond, List<Kind> kinds) throws IOException {
    this.packetsPerSecond = packetsPerSecond;
    this.kinds = kinds;
  }

  /** A forged reply with its headers, both ends at the upstream's address, which is local here. */
  private static byte[] newPacket() {
    byte[] query = QueryBytes.of(SpoofingField.NAME, 1).build();
    byte[] reply = SpoofingField.answer(query, SpoofingField.FORGED, TTL_SECONDS);
    return RawSocket.datagram(UPSTREAM, DNS_PORT, UPSTREAM, /* toPort= */ 0, reply);
  }

  /** Sends at an even pace until the time comes. */
  @Override
  public void run(long endNanos) throws IOException {
    long startNanos = System.nanoTime();
    long nextLookNanos = startNanos;
    long nowNanos = startNanos;
    for (long i = 0; nowNanos - endNanos < 0; i++) {
      if (nowNanos - nextLookNanos >= 0) {
        knownPorts = portsTowardsUpstream();
        nextLookNanos = nowNanos + PORTS_LOOK_NANOS;
      }
      forge(kinds.get((int) (i % kinds.size())));
      long dueNanos = startNanos + TimeUnit.SECONDS.toNanos(i + 1) / packetsPerSecond;
      nowNanos = System.nanoTime();
      while (nowNanos - dueNanos < 0) {
        LockSupport.parkNanos(dueNanos - nowNanos);
        nowNanos = System.nanoTime();
      }
    }
  }

  private void forge(Kind kind) {
    boolean portKnown = kind != Kind.PORT && knownPorts.length > 0;
    int port =
        portKnown ? knownPorts[random.nextInt(knownPorts.length)] : random.nextInt(1024, 1 << 16);
    boolean elsewhere = kind == Kind.SOURCE;
    ByteBuffer fields = ByteBuffer.wrap(packet);
    fields.put(UDP_OFFSET - 5, (byte) (elsewhere && random.nextBoolean() ? 54 : 53));
    fields.putShort(UDP_OFFSET, (short) (elsewhere ? random.nextInt(1024, 1 << 16) : DNS_PORT));
    fields.putShort(UDP_OFFSET + 2, (short) port);
    fields.putShort(MESSAGE_OFFSET, (short) random.nextInt(1 << 16));
    for (int i = 0; i < SpoofingField.NAME.length(); i++) {
      byte letter = packet[NAME_OFFSET + 1 + i];
      if (Character.isLetter(letter)) {
        packet[NAME_OFFSET + 1 + i] = (byte) (letter ^ (random.nextBoolean() ? 0x20 : 0));
      }
    }
    if (socket.send(packet)) {
      sent[kind.ordinal()]++;
    } else {
      lost++;
    }
  }

  /** What only somebody on this machine can know. */
  static int[] portsTowardsUpstream() throws IOException {
    return Files.readAllLines(Path.of("/proc/net/udp")).stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length > 2 && fields[2].equals(UPSTREAM_IN_PROC))
        .mapToInt(fields -> Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16))
        .toArray();
  }

  @Override
  public String toString() {
    return "sent id=%d port=%d source=%d lost=%d".formatted(sent[0], sent[1], sent[2], lost);
  }

  @Override
  public void close() {
    socket.close();
  }
}
