package dev.holdfast.e2e;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Forges replies of an upstream with a raw socket (raw(7)), in turns of each {@link Kind} that it
 * is told. Confined to one thread.
 */
final class RawSpoofer implements AutoCloseable {

  /** What a forged reply lacks. */
  enum Kind {
    /** The id; the port is known, more than any spoofer off the path can hope for. */
    ID,
    /** The id and the port. */
    PORT,
    /** The id and the source, another address or port than the upstream's; the port is known. */
    SOURCE
  }

  private static final int AF_INET = 2;
  private static final int SOCK_RAW = 3;
  private static final int IPPROTO_RAW = 255;
  private static final int PROTOCOL_UDP = 17;
  private static final int SOCKADDR_LENGTH = 16;
  private static final int IP_HEADER_LENGTH = 20;
  private static final int UDP_HEADER_LENGTH = 8;
  private static final int NAME_OFFSET = IP_HEADER_LENGTH + UDP_HEADER_LENGTH + 12;
  private static final int DNS_PORT = 53;
  private static final int TTL_SECONDS = 86_400;
  private static final long PORTS_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** How /proc/net/udp writes the upstream's address and port. */
  private static final String UPSTREAM_IN_PROC = "350200C0:0035";

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle SEND =
      handle(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

  private final Arena arena = Arena.ofShared();
  private final SplittableRandom random = new SplittableRandom();
  private final byte[] packet = newPacket();
  private final MemorySegment buffer = arena.allocate(packet.length);
  private final MemorySegment target = arena.allocate(SOCKADDR_LENGTH);
  private final int packetsPerSecond;
  private final List<Kind> kinds;
  private final int socket;
  private int[] knownPorts = {};
  private final long[] sent = new long[Kind.values().length];
  private long lost;

  RawSpoofer(int packetsPerSecond, List<Kind> kinds) throws Exception {
    this.packetsPerSecond = packetsPerSecond;
    this.kinds = kinds;
    MethodHandle open =
        handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    socket = invoke(open);
    if (socket < 0) {
      throw new IOException("no raw socket: needs CAP_NET_RAW");
    }
    byte[] address = new byte[SOCKADDR_LENGTH];
    address[0] = AF_INET;
    System.arraycopy(upstream(), 0, address, 4, 4);
    MemorySegment.copy(address, 0, target, JAVA_BYTE, 0, address.length);
  }

  private static int invoke(MethodHandle open) throws Exception {
    try {
      return (int) open.invokeExact(AF_INET, SOCK_RAW, IPPROTO_RAW);
    } catch (Throwable t) {
      throw new IOException("socket", t);
    }
  }

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), descriptor);
  }

  private static byte[] upstream() {
    return InetAddress.ofLiteral(SpoofingField.UPSTREAM).getAddress();
  }

  /** A forged reply with its headers, both ends at the upstream's address, which is local here. */
  private static byte[] newPacket() {
    byte[] query = QueryBytes.of(SpoofingField.NAME, 1).build();
    byte[] reply = SpoofingField.answer(query, SpoofingField.FORGED, TTL_SECONDS);
    int udpLength = UDP_HEADER_LENGTH + reply.length;
    return ByteBuffer.allocate(IP_HEADER_LENGTH + udpLength)
        .put((byte) 0x45)
        .put((byte) 0)
        .putShort((short) (IP_HEADER_LENGTH + udpLength))
        .putInt(0)
        .put((byte) 64)
        .put((byte) PROTOCOL_UDP)
        .putShort((short) 0)
        .put(upstream())
        .put(upstream())
        .putShort((short) DNS_PORT)
        .putShort((short) 0)
        .putShort((short) udpLength)
        .putShort((short) 0)
        .put(reply)
        .array();
  }

  /** Sends at an even pace until the time comes. */
  void run(long endNanos) throws IOException {
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
    fields.put(IP_HEADER_LENGTH - 5, (byte) (elsewhere && random.nextBoolean() ? 54 : 53));
    fields.putShort(
        IP_HEADER_LENGTH, (short) (elsewhere ? random.nextInt(1024, 1 << 16) : DNS_PORT));
    fields.putShort(IP_HEADER_LENGTH + 2, (short) port);
    fields.putShort(IP_HEADER_LENGTH + UDP_HEADER_LENGTH, (short) random.nextInt(1 << 16));
    for (int i = 0; i < SpoofingField.NAME.length(); i++) {
      byte letter = packet[NAME_OFFSET + 1 + i];
      if (Character.isLetter(letter)) {
        packet[NAME_OFFSET + 1 + i] = (byte) (letter ^ (random.nextBoolean() ? 0x20 : 0));
      }
    }
    MemorySegment.copy(packet, 0, buffer, JAVA_BYTE, 0, packet.length);
    if (send() < 0) {
      lost++;
    } else {
      sent[kind.ordinal()]++;
    }
  }

  private long send() {
    try {
      return (long)
          SEND.invokeExact(socket, buffer, (long) packet.length, 0, target, SOCKADDR_LENGTH);
    } catch (Throwable t) {
      throw new LinkageError("sendto", t);
    }
  }

  /** What only somebody on this machine can know. */
  private static int[] portsTowardsUpstream() throws IOException {
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
    arena.close();
  }
}
