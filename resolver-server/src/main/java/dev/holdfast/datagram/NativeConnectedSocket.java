package dev.holdfast.datagram;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ConnectedSocket} that receives and sends many datagrams per system call. Confined to one
 * epoll event loop.
 */
final class NativeConnectedSocket implements ConnectedSocket, EpollIoHandle {

  private final ConnectedBatch batch;
  private final Descriptor descriptor;
  private final ConnectedHandler handler;
  private @Nullable IoRegistration registration;

  private NativeConnectedSocket(
      ConnectedBatch batch, Descriptor descriptor, ConnectedHandler handler) {
    this.batch = batch;
    this.descriptor = descriptor;
    this.handler = handler;
  }

  static NativeConnectedSocket open(ConnectedBatch batch, boolean ipv6, ConnectedHandler handler)
      throws IOException {
    return new NativeConnectedSocket(batch, Descriptor.open(ipv6), handler);
  }

  @Override
  public boolean bind(InetSocketAddress address) {
    try {
      descriptor.bind(address);
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  @Override
  public boolean connect(InetSocketAddress server) {
    try {
      descriptor.connect(server);
    } catch (IOException noWay) {
      return false;
    }
    IoRegistration registered = batch.register(this);
    registered.submit(EpollIoOps.EPOLLIN);
    registration = registered;
    return true;
  }

  @Override
  public InetSocketAddress localAddress() {
    return descriptor.localAddress();
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  int number() {
    return descriptor.intValue();
  }

  boolean isOpen() {
    return descriptor.isOpen();
  }

  @Override
  public void handle(IoRegistration ready, IoEvent event) {
    if (isOpen()) {
      batch.receive(this, handler);
    }
  }

  @Override
  public void send(byte[] message, int length) {
    if (isOpen()) {
      batch.add(this, message, length);
    }
  }

  /* A full socket loses what is sent, as a full network does. */
  void sendingFailed(int errno) {
    if (errno != SystemCalls.EAGAIN) {
      handler.failed(errno == SystemCalls.ECONNREFUSED);
    }
  }

  @Override
  public void close() {
    if (!isOpen()) {
      return;
    }
    batch.flush(this);
    if (registration != null) {
      registration.cancel();
    }
    try {
      descriptor.close();
    } catch (IOException e) {
      // It is gone all the same.
    }
  }

  private static final class Descriptor extends Socket {

    private Descriptor(boolean ipv6) {
      super(newSocketDgram0(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET));
    }

    static Descriptor open(boolean ipv6) throws IOException {
      Descriptor descriptor = new Descriptor(ipv6);
      try {
        descriptor.setIntOpt(
            ipv6 ? PathMtu.IPPROTO_IPV6 : PathMtu.IPPROTO_IP,
            ipv6 ? PathMtu.IPV6_MTU_DISCOVER : PathMtu.IP_MTU_DISCOVER,
            PathMtu.PROBE);
        return descriptor;
      } catch (IOException | RuntimeException e) {
        descriptor.close();
        throw e;
      }
    }
  }
}
