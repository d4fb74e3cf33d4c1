package dev.holdfast.datagram;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DatagramPort} that receives and sends many datagrams per system call and answers from
 * the address that was asked even on a wildcard address. Confined to one epoll event loop.
 */
final class NativeDatagramPort implements DatagramPort, EpollIoHandle {

  private static final int MAX_RESPONSE_LENGTH = 65_535;

  /** Batches in one wake-up before other sockets of the loop get their turn. */
  private static final int MAX_BATCHES = 8;

  /** A smaller batch means that the socket is most likely empty. */
  private static final int FULL_ENOUGH = MAX_BATCH / 4;

  private final EventLoop loop;
  private final UdpSocket socket;
  private final DatagramHandler handler;
  private final ReceiveBatch received;
  private final SendBatch unsent;
  private final DatagramPeer peer = new DatagramPeer();
  private final byte[] datagram = new byte[MAX_DATAGRAM_LENGTH];
  private final byte[] response = new byte[MAX_RESPONSE_LENGTH];
  private final Runnable flush = this::flushLater;
  private final InetSocketAddress localAddress;
  private @Nullable IoRegistration registration;
  private boolean inBatch;
  private boolean flushPlanned;

  private NativeDatagramPort(
      EventLoop loop,
      UdpSocket socket,
      DatagramHandler handler,
      ReceiveBatch received,
      SendBatch unsent) {
    this.loop = loop;
    this.socket = socket;
    this.handler = handler;
    this.received = received;
    this.unsent = unsent;
    this.localAddress = socket.localAddress();
  }

  /** Whether {@code loop} and this machine can do this. */
  static boolean available(EventLoop loop) {
    return SystemCalls.available()
        && loop instanceof IoEventLoop ioLoop
        && ioLoop.isCompatible(EpollIoHandle.class);
  }

  /** Binds {@code address} on {@code loop} and waits for it; not to be called on a loop. */
  static NativeDatagramPort bind(
      EventLoop loop,
      InetSocketAddress address,
      boolean shared,
      DatagramHandler handler,
      ReceiveBatch received,
      SendBatch unsent)
      throws IOException {
    return register(loop, UdpSocket.bind(address, shared), handler, received, unsent);
  }

  /** Receives on a socket that is bound already; waits for it, so not to be called on a loop. */
  static NativeDatagramPort adopt(
      EventLoop loop,
      FileDescriptor bound,
      DatagramHandler handler,
      ReceiveBatch received,
      SendBatch unsent)
      throws IOException {
    return register(loop, UdpSocket.adopt(bound), handler, received, unsent);
  }

  private static NativeDatagramPort register(
      EventLoop loop,
      UdpSocket socket,
      DatagramHandler handler,
      ReceiveBatch received,
      SendBatch unsent)
      throws IOException {
    NativeDatagramPort port = new NativeDatagramPort(loop, socket, handler, received, unsent);
    try {
      IoRegistration registration =
          ((IoEventLoop) loop).register(port).syncUninterruptibly().getNow();
      loop.submit(() -> port.start(registration)).syncUninterruptibly();
      return port;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private void start(IoRegistration newRegistration) {
    registration = newRegistration;
    newRegistration.submit(EpollIoOps.EPOLLIN);
  }

  @Override
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public FileDescriptor descriptor() {
    return socket;
  }

  UdpSocket socket() {
    return socket;
  }

  @Override
  public void handle(IoRegistration ready, IoEvent event) {
    if (!((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLIN)) {
      return;
    }
    for (int batch = 0; batch < MAX_BATCHES; batch++) {
      if (receiveBatch() < FULL_ENOUGH) {
        return;
      }
    }
  }

  /** Receives and handles what is there; returns how many datagrams, or -1 for none. */
  private int receiveBatch() {
    int count = received.receive(socket);
    if (count >= 0) {
      handleBatch(count);
      return count;
    }
    int errno = received.errno();
    if (errno != SystemCalls.EAGAIN && errno != SystemCalls.EINTR) {
      handler.failed();
    }
    return count;
  }

  private void handleBatch(int count) {
    inBatch = true;
    try {
      handler.beginBatch();
      for (int i = 0; i < count; i++) {
        if (received.truncated(i)) {
          handler.oversize();
          continue;
        }
        int length = received.read(i, peer, datagram);
        int responseLength = handler.handle(this, peer, datagram, length, response);
        if (responseLength > 0) {
          unsent.add(this, peer, response, responseLength);
        }
      }
    } finally {
      inBatch = false;
      unsent.flush();
    }
    handler.endBatch();
  }

  @Override
  public void send(DatagramPeer to, byte[] message, int length) {
    if (!socket.isOpen()) {
      return;
    }
    unsent.add(this, to, message, length);
    if (!inBatch && !flushPlanned) {
      flushPlanned = true;
      loop.execute(flush);
    }
  }

  /** Runs after the sockets of this turn of the loop, so that many answers make one call. */
  private void flushLater() {
    flushPlanned = false;
    unsent.flush();
  }

  void refused(int count) {
    for (int i = 0; i < count; i++) {
      handler.failed();
    }
  }

  @Override
  public void stopReading() {
    if (registration != null && registration.isValid()) {
      registration.submit(EpollIoOps.NONE);
    }
  }

  /*
   * A socket that is connected to itself is given nothing any more, while its queue stays and it
   * still sends to everybody. Closing it at once would lose what is in the queue.
   */
  @Override
  public void retire() {
    if (!socket.isOpen()) {
      return;
    }
    try {
      socket.connectToSelf();
    } catch (IOException e) {
      handler.failed();
      stopReading();
    }
    while (receiveBatch() > 0) {}
  }

  @Override
  public void close() {
    if (!socket.isOpen()) {
      return;
    }
    unsent.flush();
    if (registration != null) {
      registration.cancel();
    }
    try {
      socket.close();
    } catch (IOException e) {
      handler.failed();
    }
  }
}
