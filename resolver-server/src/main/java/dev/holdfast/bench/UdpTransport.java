package dev.holdfast.bench;

import dev.holdfast.datagram.ClientSockets;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.QueryWriter;

/** Datagrams, up to 64 per system call. Confined to one thread. */
final class UdpTransport implements Transport {

  private final ClientSockets sockets;
  private final byte[] message = new byte[QueryWriter.MAX_LENGTH];
  private final int[] failures = new int[1];
  private int added;

  UdpTransport(ClientSockets sockets) {
    this.sockets = sockets;
  }

  @Override
  public int sockets() {
    return sockets.size();
  }

  @Override
  public int room(int socket) {
    return ClientSockets.MAX_BATCH - added;
  }

  @Override
  public void add(int socket, byte[] bytes, int offset, int length, int id) {
    System.arraycopy(bytes, offset, message, 0, length);
    Header.putUint16(message, Header.ID_OFFSET, id);
    sockets.add(message, 0, length);
    added++;
  }

  @Override
  public int flush(int socket) {
    failures[0] = 0;
    while (!sockets.flush(socket, failures)) {
      Thread.onSpinWait();
    }
    added = 0;
    return failures[0];
  }

  @Override
  public int await(int timeoutMillis) {
    return sockets.await(timeoutMillis);
  }

  @Override
  public int readySocket(int index) {
    return sockets.readySocket(index);
  }

  @Override
  public int receive(int socket) {
    return sockets.receive(socket);
  }

  @Override
  public int length(int index) {
    return sockets.length(index);
  }

  @Override
  public int id(int index) {
    return sockets.uint16(index, Header.ID_OFFSET);
  }

  @Override
  public int flags(int index) {
    return sockets.uint16(index, Header.FLAGS_OFFSET);
  }

  @Override
  public void close() {
    sockets.close();
  }
}
