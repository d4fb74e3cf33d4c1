package dev.holdfast.datagram;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Many UDP sockets that ask one server, batched both ways: what a load is made with. Of what comes
 * back only the head is kept. Confined to one thread.
 */
public final class ClientSockets implements AutoCloseable {

  /** Most datagrams in one call. */
  public static final int MAX_BATCH = 64;

  /** Bytes kept of a datagram that came. */
  public static final int HEAD_BYTES = 12;

  private static final int SLOT_BYTES = 16;
  private static final int MAX_MESSAGE_BYTES = 512;

  private final List<ClientSocket> sockets = new ArrayList<>();
  private final int[] descriptors;
  private final ReadySockets ready = new ReadySockets();
  private final MessageVector received = new MessageVector(MAX_BATCH, MAX_BATCH * SLOT_BYTES);
  private final MessageVector unsent = new MessageVector(MAX_BATCH, MAX_BATCH * MAX_MESSAGE_BYTES);
  private final MemorySegment state = SystemCalls.newState();
  private int count;
  private int next;

  private ClientSockets(int sockets) throws IOException {
    descriptors = new int[sockets];
    received.omitPeers();
    unsent.omitPeers();
    for (int i = 0; i < MAX_BATCH; i++) {
      received.setData(i, (long) i * SLOT_BYTES, HEAD_BYTES);
    }
  }

  /** Whether this machine can do this. */
  public static boolean available() {
    return SystemCalls.available() && NativeTransport.epollAvailable();
  }

  /**
   * Connects {@code count} sockets to {@code server}.
   *
   * @param sources the addresses they come from, in turn; none for what the system likes
   */
  public static ClientSockets connect(
      InetSocketAddress server, int count, List<InetAddress> sources) throws IOException {
    ClientSockets all = new ClientSockets(count);
    try {
      for (int i = 0; i < count; i++) {
        ClientSocket socket =
            ClientSocket.connect(
                server,
                sources.isEmpty()
                    ? null
                    : new InetSocketAddress(sources.get(i % sources.size()), 0));
        all.sockets.add(socket);
        all.descriptors[i] = socket.intValue();
        all.ready.add(socket.intValue(), i);
      }
      return all;
    } catch (IOException | RuntimeException e) {
      all.close();
      throw e;
    }
  }

  /** How many sockets there are. */
  public int size() {
    return descriptors.length;
  }

  /** Puts a datagram of at most 512 bytes into the batch, of which there is room for 64. */
  public void add(byte[] source, int offset, int length) {
    long slot = (long) count * MAX_MESSAGE_BYTES;
    unsent.write(slot, source, offset, length);
    unsent.setData(count, slot, length);
    count++;
  }

  /**
   * Sends what is in the batch, through one socket. Returns true when all is out or refused; false
   * when the socket is full, and {@code flush} is to be called again.
   *
   * @param failures gets one more for each datagram that was refused
   */
  public boolean flush(int socket, int[] failures) {
    while (next < count) {
      int sent =
          SystemCalls.send(state, descriptors[socket], unsent.headerAddress(next), count - next);
      if (sent > 0) {
        next += sent;
      } else if (SystemCalls.errno(state) == SystemCalls.EAGAIN) {
        return false;
      } else if (SystemCalls.errno(state) != SystemCalls.EINTR) {
        failures[0]++;
        next++;
      }
    }
    next = 0;
    count = 0;
    return true;
  }

  /** Waits until something came or the time is over; returns how many sockets are ready. */
  public int await(int timeoutMillis) {
    return ready.await(timeoutMillis);
  }

  /** The socket that is ready, {@code index} of those that {@link #await} counted. */
  public int readySocket(int index) {
    return ready.number(index);
  }

  /** Receives what came to a socket, at most 64 datagrams; -1 when the server refuses. */
  public int receive(int socket) {
    int count =
        SystemCalls.receive(
            state,
            descriptors[socket],
            received.headerAddress(0),
            MAX_BATCH,
            SystemCalls.MSG_DONTWAIT | SystemCalls.MSG_TRUNC);
    if (count >= 0) {
      return count;
    }
    int errno = SystemCalls.errno(state);
    return errno == SystemCalls.EAGAIN || errno == SystemCalls.EINTR ? 0 : -1;
  }

  /** Length of a received datagram, of which only the head is kept. */
  public int length(int index) {
    return received.length(index);
  }

  /** Two bytes of a received datagram's head. */
  public int uint16(int index, int offset) {
    return received.uint16((long) index * SLOT_BYTES + offset);
  }

  @Override
  public void close() {
    for (ClientSocket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // Nothing is to be saved.
      }
    }
    sockets.clear();
    ready.close();
  }
}
