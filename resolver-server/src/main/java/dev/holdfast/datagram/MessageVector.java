package dev.holdfast.datagram;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The array of messages that recvmmsg and sendmmsg work on, with everything it points to, as 64-bit
 * Linux lays it out: per message a header, a socket address, a control message with the local
 * address, and a pointer into the data. Confined to one event loop.
 *
 * <pre>
 * mmsghdr  0 name  8 name length  16 iovec  24 iovec count  32 control  40 control length
 *         48 flags  56 message length
 * iovec    0 base  8 length
 * sockaddr 0 family  2 port  4 IPv4 address | 8 IPv6 address  24 scope
 * cmsghdr  0 length  8 level  12 type  16 in_pktinfo (interface, address)
 *                                         in6_pktinfo (address, interface)
 * </pre>
 */
final class MessageVector {

  private static final int HEADER_SIZE = 64;
  private static final int NAME_LENGTH_OFFSET = 8;
  private static final int IOVEC_OFFSET = 16;
  private static final int IOVEC_COUNT_OFFSET = 24;
  private static final int CONTROL_OFFSET = 32;
  private static final int CONTROL_LENGTH_OFFSET = 40;
  private static final int FLAGS_OFFSET = 48;
  private static final int LENGTH_OFFSET = 56;

  private static final int IOVEC_SIZE = 16;
  private static final int IOVEC_LENGTH_OFFSET = 8;

  private static final int NAME_SIZE = 32;
  private static final int NAME_PORT_OFFSET = 2;
  private static final int NAME_IPV4_OFFSET = 4;
  private static final int NAME_IPV6_OFFSET = 8;
  private static final int NAME_SCOPE_OFFSET = 24;
  private static final int IPV4_NAME_LENGTH = 16;
  private static final int IPV6_NAME_LENGTH = 28;
  private static final short AF_INET = 2;
  private static final short AF_INET6 = 10;

  private static final int CONTROL_SIZE = 64;
  private static final int CONTROL_LEVEL_OFFSET = 8;
  private static final int CONTROL_TYPE_OFFSET = 12;
  private static final int CONTROL_DATA_OFFSET = 16;
  private static final int IPV4_LOCAL_OFFSET = 20;
  private static final int IPV4_CONTROL_LENGTH = 28;
  private static final int IPV4_CONTROL_SPACE = 32;
  private static final int IPV6_CONTROL_LENGTH = 36;
  private static final int IPV6_CONTROL_SPACE = 40;
  private static final int IPV6_INTERFACE_OFFSET = 32;
  private static final int IPPROTO_IP = 0;
  private static final int IP_PKTINFO = 8;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_PKTINFO = 50;

  private static final int MSG_TRUNC = 0x20;
  private static final int CACHE_LINE = 64;

  private static final ValueLayout.OfShort NET_SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt NET_INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong NET_LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment memory;
  private final int count;
  private final long iovecs;
  private final long names;
  private final long controls;
  private final long data;

  /** Makes room for {@code count} messages and {@code dataBytes} of data. */
  MessageVector(int count, long dataBytes) {
    this.count = count;
    iovecs = (long) count * HEADER_SIZE;
    names = iovecs + (long) count * IOVEC_SIZE;
    controls = names + (long) count * NAME_SIZE;
    data = controls + (long) count * CONTROL_SIZE;
    memory = Arena.ofAuto().allocate(data + dataBytes, CACHE_LINE);
    for (int i = 0; i < count; i++) {
      long header = header(i);
      memory.set(JAVA_LONG_UNALIGNED, header, memory.address() + name(i));
      memory.set(JAVA_LONG_UNALIGNED, header + IOVEC_OFFSET, memory.address() + iovec(i));
      memory.set(JAVA_LONG_UNALIGNED, header + IOVEC_COUNT_OFFSET, 1);
      memory.set(JAVA_LONG_UNALIGNED, header + CONTROL_OFFSET, memory.address() + control(i));
    }
  }

  /** Leaves out who is at either end, for sockets that are connected. */
  void omitPeers() {
    for (int i = 0; i < count; i++) {
      memory.set(JAVA_LONG_UNALIGNED, header(i), 0);
      memory.set(JAVA_LONG_UNALIGNED, header(i) + CONTROL_OFFSET, 0);
    }
  }

  /** How many messages there is room for. */
  int count() {
    return count;
  }

  /** Where the header of message {@code index} is, for a system call. */
  long headerAddress(int index) {
    return memory.address() + header(index);
  }

  /** Points message {@code index} to a part of the data. */
  void setData(int index, long offset, long length) {
    memory.set(JAVA_LONG_UNALIGNED, iovec(index), memory.address() + data + offset);
    memory.set(JAVA_LONG_UNALIGNED, iovec(index) + IOVEC_LENGTH_OFFSET, length);
  }

  /** Makes message {@code index} ready to receive: the kernel replaces lengths by what it wrote. */
  void resetForReceive(int index) {
    long header = header(index);
    memory.set(JAVA_INT_UNALIGNED, header + NAME_LENGTH_OFFSET, NAME_SIZE);
    memory.set(JAVA_LONG_UNALIGNED, header + CONTROL_LENGTH_OFFSET, CONTROL_SIZE);
  }

  /** Length of the received message {@code index}. */
  int length(int index) {
    return memory.get(JAVA_INT_UNALIGNED, header(index) + LENGTH_OFFSET);
  }

  /** Whether the received message {@code index} was longer than its room. */
  boolean truncated(int index) {
    return (memory.get(JAVA_INT_UNALIGNED, header(index) + FLAGS_OFFSET) & MSG_TRUNC) != 0;
  }

  /** Copies data to {@code target}. */
  void read(long offset, byte[] target, int length) {
    MemorySegment.copy(memory, JAVA_BYTE, data + offset, target, 0, length);
  }

  /** Copies {@code source} to the data. */
  void write(long offset, byte[] source, int sourceOffset, int length) {
    MemorySegment.copy(source, sourceOffset, memory, JAVA_BYTE, data + offset, length);
  }

  /** Two bytes of the data, in network order. */
  int uint16(long offset) {
    return memory.get(NET_SHORT, data + offset) & 0xffff;
  }

  /** Sets the highest bit of a byte of the data. */
  void setHighestBit(long offset) {
    memory.set(JAVA_BYTE, data + offset, (byte) (memory.get(JAVA_BYTE, data + offset) | 0x80));
  }

  /** Takes both ends of the received message {@code index}. */
  void readPeer(int index, DatagramPeer peer) {
    long name = name(index);
    int port = memory.get(NET_SHORT, name + NAME_PORT_OFFSET) & 0xffff;
    if (memory.get(JAVA_SHORT_UNALIGNED, name) == AF_INET6) {
      peer.setSender(
          memory.get(NET_LONG, name + NAME_IPV6_OFFSET),
          memory.get(NET_LONG, name + NAME_IPV6_OFFSET + Long.BYTES),
          port,
          memory.get(JAVA_INT_UNALIGNED, name + NAME_SCOPE_OFFSET));
    } else {
      int address = memory.get(NET_INT, name + NAME_IPV4_OFFSET);
      peer.setSender(0, Addresses.mapped(address), port, 0);
    }
    readLocal(index, peer);
  }

  private void readLocal(int index, DatagramPeer peer) {
    long length = memory.get(JAVA_LONG_UNALIGNED, header(index) + CONTROL_LENGTH_OFFSET);
    long control = control(index);
    int level = memory.get(JAVA_INT_UNALIGNED, control + CONTROL_LEVEL_OFFSET);
    int type = memory.get(JAVA_INT_UNALIGNED, control + CONTROL_TYPE_OFFSET);
    if (length >= IPV6_CONTROL_LENGTH && level == IPPROTO_IPV6 && type == IPV6_PKTINFO) {
      peer.setLocal(
          memory.get(NET_LONG, control + CONTROL_DATA_OFFSET),
          memory.get(NET_LONG, control + CONTROL_DATA_OFFSET + Long.BYTES));
    } else if (length >= IPV4_CONTROL_LENGTH && level == IPPROTO_IP && type == IP_PKTINFO) {
      int address = memory.get(NET_INT, control + IPV4_LOCAL_OFFSET);
      peer.setLocal(0, Addresses.mapped(address));
    } else {
      peer.setLocal(0, 0);
    }
  }

  /** Addresses message {@code index} to the peer, from the local address that the peer asked. */
  void writePeer(int index, DatagramPeer peer) {
    long header = header(index);
    long name = name(index);
    boolean ipv4 = Addresses.isIpv4(peer.addressHigh(), peer.addressLow());
    memory.set(JAVA_SHORT_UNALIGNED, name, ipv4 ? AF_INET : AF_INET6);
    memory.set(NET_SHORT, name + NAME_PORT_OFFSET, (short) peer.port());
    if (ipv4) {
      memory.set(NET_INT, name + NAME_IPV4_OFFSET, (int) peer.addressLow());
    } else {
      memory.set(JAVA_INT_UNALIGNED, name + NAME_IPV4_OFFSET, 0);
      memory.set(NET_LONG, name + NAME_IPV6_OFFSET, peer.addressHigh());
      memory.set(NET_LONG, name + NAME_IPV6_OFFSET + Long.BYTES, peer.addressLow());
      memory.set(JAVA_INT_UNALIGNED, name + NAME_SCOPE_OFFSET, peer.scopeId());
    }
    memory.set(
        JAVA_INT_UNALIGNED,
        header + NAME_LENGTH_OFFSET,
        ipv4 ? IPV4_NAME_LENGTH : IPV6_NAME_LENGTH);
    memory.set(
        JAVA_LONG_UNALIGNED, header + CONTROL_LENGTH_OFFSET, writeLocal(control(index), peer));
  }

  /** The interface stays 0: which way an answer leaves is for the routing table to say. */
  private long writeLocal(long control, DatagramPeer peer) {
    if (!peer.hasLocal()) {
      return 0;
    }
    if (Addresses.isIpv4(peer.localHigh(), peer.localLow())) {
      writeControl(control, IPV4_CONTROL_LENGTH, IPPROTO_IP, IP_PKTINFO);
      memory.set(JAVA_INT_UNALIGNED, control + CONTROL_DATA_OFFSET, 0);
      memory.set(NET_INT, control + IPV4_LOCAL_OFFSET, (int) peer.localLow());
      return IPV4_CONTROL_SPACE;
    }
    writeControl(control, IPV6_CONTROL_LENGTH, IPPROTO_IPV6, IPV6_PKTINFO);
    memory.set(NET_LONG, control + CONTROL_DATA_OFFSET, peer.localHigh());
    memory.set(NET_LONG, control + CONTROL_DATA_OFFSET + Long.BYTES, peer.localLow());
    memory.set(JAVA_INT_UNALIGNED, control + IPV6_INTERFACE_OFFSET, 0);
    return IPV6_CONTROL_SPACE;
  }

  private void writeControl(long control, long length, int level, int type) {
    memory.set(JAVA_LONG_UNALIGNED, control, length);
    memory.set(JAVA_INT_UNALIGNED, control + CONTROL_LEVEL_OFFSET, level);
    memory.set(JAVA_INT_UNALIGNED, control + CONTROL_TYPE_OFFSET, type);
  }

  private long header(int index) {
    return (long) index * HEADER_SIZE;
  }

  private long iovec(int index) {
    return iovecs + (long) index * IOVEC_SIZE;
  }

  private long name(int index) {
    return names + (long) index * NAME_SIZE;
  }

  private long control(int index) {
    return controls + (long) index * CONTROL_SIZE;
  }
}
