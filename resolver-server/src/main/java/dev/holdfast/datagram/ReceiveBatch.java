package dev.holdfast.datagram;

import java.lang.foreign.MemorySegment;

/**
 * Datagrams that one recvmmsg call brought. The ports of an event loop share it, one at a time.
 * Confined to that loop.
 */
final class ReceiveBatch {

  /** More than a page, or every datagram would start in the same cache set. */
  private static final int SLOT_BYTES = DatagramPort.MAX_DATAGRAM_LENGTH + 128;

  private final MessageVector vector =
      new MessageVector(DatagramPort.MAX_BATCH, (long) DatagramPort.MAX_BATCH * SLOT_BYTES);
  private final MemorySegment state = SystemCalls.newState();
  private int used = vector.count();

  ReceiveBatch() {
    for (int i = 0; i < vector.count(); i++) {
      vector.setData(i, (long) i * SLOT_BYTES, DatagramPort.MAX_DATAGRAM_LENGTH);
    }
  }

  /** Receives what is there; returns how many datagrams, or -1 with {@link #errno}. */
  int receive(UdpSocket socket) {
    for (int i = 0; i < used; i++) {
      vector.resetForReceive(i);
    }
    int received =
        SystemCalls.receive(
            state,
            socket.intValue(),
            vector.headerAddress(0),
            vector.count(),
            SystemCalls.MSG_DONTWAIT);
    used = Math.max(received, 0);
    return received;
  }

  int errno() {
    return SystemCalls.errno(state);
  }

  /** Whether the datagram was longer than what is handed over. */
  boolean truncated(int index) {
    return vector.truncated(index);
  }

  /** Copies a datagram out and returns its length. */
  int read(int index, DatagramPeer peer, byte[] target) {
    int length = vector.length(index);
    vector.readPeer(index, peer);
    vector.read((long) index * SLOT_BYTES, target, length);
    return length;
  }
}
