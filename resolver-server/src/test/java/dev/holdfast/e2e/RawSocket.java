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

/** Sends IPv4 packets to one address, whatever they say (raw(7)). Confined to one thread. */
final class RawSocket implements AutoCloseable {

  static final int PROTOCOL_ICMP = 1;
  static final int PROTOCOL_UDP = 17;
  static final int IP_HEADER_LENGTH = 20;
  static final int UDP_HEADER_LENGTH = 8;

  private static final int AF_INET = 2;
  private static final int SOCK_RAW = 3;
  private static final int IPPROTO_RAW = 255;
  private static final int SOCKADDR_LENGTH = 16;
  private static final int MAX_LENGTH = 1500;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle OPEN =
      handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SEND =
      handle(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(MAX_LENGTH);
  private final MemorySegment target = arena.allocate(SOCKADDR_LENGTH);
  private final int socket;

  RawSocket(InetAddress to) throws IOException {
    try {
      socket = (int) OPEN.invokeExact(AF_INET, SOCK_RAW, IPPROTO_RAW);
    } catch (Throwable t) {
      throw new LinkageError("socket", t);
    }
    if (socket < 0) {
      throw new IOException("no raw socket: needs CAP_NET_RAW");
    }
    byte[] address = new byte[SOCKADDR_LENGTH];
    address[0] = AF_INET;
    System.arraycopy(to.getAddress(), 0, address, 4, 4);
    MemorySegment.copy(address, 0, target, JAVA_BYTE, 0, address.length);
  }

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), descriptor);
  }

  /** Returns an IPv4 packet; the system adds its checksum. */
  static byte[] packet(int protocol, InetAddress from, InetAddress to, byte[] content) {
    int length = IP_HEADER_LENGTH + content.length;
    return ByteBuffer.allocate(length)
        .put((byte) 0x45)
        .put((byte) 0)
        .putShort((short) length)
        .putInt(0)
        .put((byte) 64)
        .put((byte) protocol)
        .putShort((short) 0)
        .put(from.getAddress())
        .put(to.getAddress())
        .put(content)
        .array();
  }

  /** Returns a UDP packet without a checksum. */
  static byte[] datagram(
      InetAddress from, int fromPort, InetAddress to, int toPort, byte[] message) {
    int length = UDP_HEADER_LENGTH + message.length;
    byte[] datagram =
        ByteBuffer.allocate(length)
            .putShort((short) fromPort)
            .putShort((short) toPort)
            .putShort((short) length)
            .putShort((short) 0)
            .put(message)
            .array();
    return packet(PROTOCOL_UDP, from, to, datagram);
  }

  /** Sends a packet; false when the system refuses. */
  boolean send(byte[] packet) {
    MemorySegment.copy(packet, 0, buffer, JAVA_BYTE, 0, packet.length);
    try {
      long sent =
          (long) SEND.invokeExact(socket, buffer, (long) packet.length, 0, target, SOCKADDR_LENGTH);
      return sent == packet.length;
    } catch (Throwable t) {
      throw new LinkageError("sendto", t);
    }
  }

  @Override
  public void close() {
    try {
      var _ = (int) CLOSE.invokeExact(socket);
    } catch (Throwable t) {
      throw new LinkageError("close", t);
    }
    arena.close();
  }
}
