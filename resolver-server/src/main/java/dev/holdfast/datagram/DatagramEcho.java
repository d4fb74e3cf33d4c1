package dev.holdfast.datagram;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The least that a server can do: receive, append some bytes to each datagram, turn one bit, send.
 * It shows what the sockets allow. Confined to the thread that runs it, except {@link #close}.
 */
public final class DatagramEcho implements AutoCloseable {

  private static final int BATCH = 64;
  private static final int SLOT_BYTES = 2048 + 128;
  private static final int MAX_LENGTH = 2048;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int CLOSE_CHECK_MICROS = 100_000;

  private final UdpSocket socket;
  private final MessageVector vector = new MessageVector(BATCH, (long) BATCH * SLOT_BYTES);
  private final MemorySegment state = SystemCalls.newState();
  private volatile boolean open = true;

  private DatagramEcho(UdpSocket socket) {
    this.socket = socket;
  }

  /** Binds an address. */
  public static DatagramEcho bind(InetSocketAddress address) throws IOException {
    if (!ClientSockets.available()) {
      throw new IOException("an echo needs recvmmsg and epoll of 64-bit Linux");
    }
    UdpSocket socket = UdpSocket.bind(address, /* shared= */ false);
    DatagramEcho echo = new DatagramEcho(socket);
    SystemCalls.block(echo.state, socket.intValue());
    ByteBuffer timeout = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
    timeout.putLong(0, 0).putLong(8, CLOSE_CHECK_MICROS);
    socket.setRawOpt(SOL_SOCKET, SO_RCVTIMEO, timeout);
    return echo;
  }

  /** The address it is bound to. */
  public InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  /**
   * Answers until it is closed.
   *
   * @param bit the byte of a datagram whose highest bit is set
   */
  public void run(int bit, byte[] appendix) throws IOException {
    try {
      int used = vector.count();
      while (open) {
        for (int i = 0; i < used; i++) {
          vector.setData(i, (long) i * SLOT_BYTES, MAX_LENGTH);
          vector.resetForReceive(i);
        }
        int received =
            SystemCalls.receive(
                state, socket.intValue(), vector.headerAddress(0), BATCH, SystemCalls.WAIT_FOR_ONE);
        used = Math.max(received, 0);
        answer(used, bit, appendix);
      }
    } finally {
      socket.close();
    }
  }

  private void answer(int received, int bit, byte[] appendix) {
    for (int i = 0; i < received; i++) {
      long data = (long) i * SLOT_BYTES;
      int length = vector.length(i);
      if (length > bit) {
        vector.setHighestBit(data + bit);
      }
      vector.write(data + length, appendix, 0, appendix.length);
      vector.setData(i, data, length + appendix.length);
    }
    int next = 0;
    while (next < received) {
      int sent =
          SystemCalls.send(state, socket.intValue(), vector.headerAddress(next), received - next);
      next += Math.max(sent, 1);
    }
  }

  /** Makes {@link #run} return soon. */
  @Override
  public void close() {
    open = false;
  }
}
