package dev.holdfast.datagram;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What the connected sockets of one event loop share: room for what they receive, and the datagrams
 * that one of them is to send by the end of the loop's turn. Confined to that loop.
 */
final class ConnectedBatch {

  private static final int MAX_RECEIVED = 16;
  private static final int MAX_UNSENT = 64;
  private static final int UNSENT_BYTES = 64 << 10;

  /** More than a page, or every datagram would start in the same cache set. */
  private static final int SLOT_BYTES = ConnectedSocket.MAX_DATAGRAM_LENGTH + 128;

  private final EventLoop loop;
  private final MessageVector received =
      new MessageVector(MAX_RECEIVED, (long) MAX_RECEIVED * SLOT_BYTES);
  private final MessageVector unsent = new MessageVector(MAX_UNSENT, UNSENT_BYTES);
  private final MemorySegment state = SystemCalls.newState();
  private final byte[] datagram = new byte[ConnectedSocket.MAX_DATAGRAM_LENGTH];
  private final Runnable flush = this::flushLater;
  private @Nullable NativeConnectedSocket owner;
  private int count;
  private int dataLength;
  private boolean flushPlanned;
  private int turn;

  ConnectedBatch(EventLoop loop) {
    this.loop = loop;
    received.omitPeers();
    unsent.omitPeers();
    for (int i = 0; i < MAX_RECEIVED; i++) {
      received.setData(i, (long) i * SLOT_BYTES, ConnectedSocket.MAX_DATAGRAM_LENGTH);
    }
  }

  /** Counts the turns of the loop in which something was to be sent. */
  int turn() {
    return turn;
  }

  IoRegistration register(NativeConnectedSocket socket) {
    return ((IoEventLoop) loop).register(socket).syncUninterruptibly().getNow();
  }

  /** Receives what came to a socket; what does not fit into one batch makes it ready again. */
  void receive(NativeConnectedSocket socket, ConnectedHandler handler) {
    int datagrams =
        SystemCalls.receive(
            state,
            socket.number(),
            received.headerAddress(0),
            MAX_RECEIVED,
            SystemCalls.MSG_DONTWAIT);
    if (datagrams < 0) {
      int errno = SystemCalls.errno(state);
      if (errno != SystemCalls.EAGAIN && errno != SystemCalls.EINTR) {
        handler.failed(errno == SystemCalls.ECONNREFUSED);
      }
    }
    for (int i = 0; i < datagrams && socket.isOpen(); i++) {
      int length = received.length(i);
      received.read((long) i * SLOT_BYTES, datagram, length);
      handler.received(datagram, length);
    }
  }

  /** Adds a datagram, after sending those that leave no room or belong to another socket. */
  void add(NativeConnectedSocket socket, byte[] message, int length) {
    if (owner != socket || count == MAX_UNSENT || dataLength + length > UNSENT_BYTES) {
      flush();
    }
    owner = socket;
    unsent.write(dataLength, message, 0, length);
    unsent.setData(count, dataLength, length);
    dataLength += length;
    count++;
    if (!flushPlanned) {
      flushPlanned = true;
      loop.execute(flush);
    }
  }

  private void flushLater() {
    flushPlanned = false;
    turn = (turn + 1) & Integer.MAX_VALUE;
    flush();
  }

  /** Sends what belongs to a socket that will be gone. */
  void flush(NativeConnectedSocket socket) {
    if (owner == socket) {
      flush();
    }
  }

  /* What the socket refuses is skipped: its queries hear of the failure, or of a timeout. */
  private void flush() {
    NativeConnectedSocket socket = owner;
    int all = count;
    owner = null;
    count = 0;
    dataLength = 0;
    int next = 0;
    while (socket != null && next < all) {
      int sent = SystemCalls.send(state, socket.number(), unsent.headerAddress(next), all - next);
      if (sent > 0) {
        next += sent;
      } else if (SystemCalls.errno(state) != SystemCalls.EINTR) {
        next++;
        socket.sendingFailed(SystemCalls.errno(state));
      }
    }
  }
}
