package dev.holdfast.datagram;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that wait for the next sendmmsg call. The ports of an event loop share it; what belongs
 * to one port goes out before another adds to it. Confined to that loop.
 */
final class SendBatch {

  private static final int DATA_BYTES = 256 * 1024;

  private final MessageVector vector = new MessageVector(DatagramPort.MAX_BATCH, DATA_BYTES);
  private final MemorySegment state = SystemCalls.newState();
  private @Nullable NativeDatagramPort owner;
  private int count;
  private int dataLength;

  /** Adds a datagram, after sending those that leave no room or belong to another port. */
  void add(NativeDatagramPort port, DatagramPeer peer, byte[] message, int length) {
    if (owner != port || count == vector.count() || dataLength + length > DATA_BYTES) {
      flush();
    }
    owner = port;
    vector.writePeer(count, peer);
    vector.write(dataLength, message, 0, length);
    vector.setData(count, dataLength, length);
    dataLength += length;
    count++;
  }

  /**
   * Sends all that wait; a datagram that the socket refuses is skipped, on a full socket the rest.
   */
  void flush() {
    NativeDatagramPort port = owner;
    int next = 0;
    while (port != null && next < count) {
      int sent =
          SystemCalls.send(
              state, port.socket().intValue(), vector.headerAddress(next), count - next);
      if (sent > 0) {
        next += sent;
      } else if (sent == 0 || SystemCalls.errno(state) != SystemCalls.EINTR) {
        int refused = SystemCalls.errno(state) == SystemCalls.EAGAIN ? count - next : 1;
        port.refused(refused);
        next += refused;
      }
    }
    owner = null;
    count = 0;
    dataLength = 0;
  }
}
