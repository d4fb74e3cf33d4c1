package dev.holdfast.listener;

import dev.holdfast.datagram.DatagramPort;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All sockets that listen on one address, UDP and TCP. Confined to the thread that binds. */
@SuppressWarnings("FutureReturnValueIgnored") // Closing says nothing.
final class Binding implements AutoCloseable {

  /** How often an ephemeral port is tried that turns out to be free for UDP alone. */
  private static final int EPHEMERAL_TRIES = 16;

  private final List<LoopPort> ports = new ArrayList<>();
  private final List<Channel> acceptors = new ArrayList<>();
  private InetSocketAddress address;

  private Binding(InetSocketAddress address) {
    this.address = address;
  }

  /** Binds {@code address} on every loop, or nothing; port 0 is the same free port for both. */
  static Binding open(InetSocketAddress address, Front front) throws ListenException {
    return open(address, front, InheritedSockets.none());
  }

  /** The same with sockets of the address that were taken over, as far as there are any. */
  static Binding open(InetSocketAddress address, Front front, InheritedSockets inherited)
      throws ListenException {
    int tries = address.getPort() == 0 ? EPHEMERAL_TRIES : 1;
    while (true) {
      Binding binding = new Binding(address);
      try {
        binding.bindUdp(front, inherited);
        binding.bindTcp(front, inherited);
        return binding;
      } catch (ListenException e) {
        binding.close();
        if (--tries == 0) {
          throw e;
        }
      }
    }
  }

  /** The address with its real port. */
  InetSocketAddress address() {
    return address;
  }

  private void bindUdp(Front front, InheritedSockets inherited) throws ListenException {
    try {
      for (UdpListener listener : front.udpBinders()) {
        FileDescriptor bound = inherited.take(address, /* datagrams= */ true);
        DatagramPort port =
            bound == null ? listener.bind(address, front.shared()) : listener.adopt(bound);
        add(listener, port);
        address = new InetSocketAddress(address.getAddress(), port.localAddress().getPort());
      }
      for (int i = 0; ; i++) {
        FileDescriptor more = inherited.take(address, /* datagrams= */ true);
        if (more == null) {
          return;
        }
        UdpListener listener = front.udp().get(i % front.udp().size());
        add(listener, listener.adopt(more));
      }
    } catch (Exception e) {
      throw ListenException.of(address, "UDP", e);
    }
  }

  private void add(UdpListener listener, DatagramPort port) {
    ports.add(new LoopPort(listener.loop().loop(), port));
  }

  private void bindTcp(Front front, InheritedSockets inherited) throws ListenException {
    try {
      for (TcpListener listener : front.tcpBinders()) {
        FileDescriptor bound = inherited.take(address, /* datagrams= */ false);
        acceptors.add(
            bound == null
                ? listener.bind(address, front.shared(), front.targets(listener))
                : listener.adopt(bound, front.targets(listener)));
      }
      for (int i = 0; ; i++) {
        FileDescriptor more = inherited.take(address, /* datagrams= */ false);
        if (more == null) {
          return;
        }
        TcpListener listener = front.tcp().get(i % front.tcp().size());
        acceptors.add(listener.adopt(more, front.targets(listener)));
      }
    } catch (Exception e) {
      throw ListenException.of(address, "TCP", e);
    }
  }

  /** The listening sockets, as far as another process can take them over. */
  List<FileDescriptor> descriptors() {
    List<FileDescriptor> descriptors = new ArrayList<>();
    for (LoopPort port : ports) {
      FileDescriptor descriptor = port.port.descriptor();
      if (descriptor != null) {
        descriptors.add(descriptor);
      }
    }
    for (Channel acceptor : acceptors) {
      if (acceptor instanceof UnixChannel unix) {
        descriptors.add(unix.fd());
      }
    }
    return descriptors;
  }

  /** Leaves new connections and datagrams to the process that has taken the sockets over. */
  void leave() {
    acceptors.forEach(acceptor -> acceptor.deregister().syncUninterruptibly());
    ports.forEach(port -> port.loop.submit(port.port::stopReading).syncUninterruptibly());
  }

  /** Gets no more connections and datagrams; what is here is taken, and answers still go out. */
  void retire() {
    acceptors.forEach(acceptor -> acceptor.close().syncUninterruptibly());
    ports.forEach(port -> port.loop.submit(port.port::retire).syncUninterruptibly());
  }

  /** Closes the sockets by which answers go out, after a while. */
  void closeAfter(long millis) {
    ports.forEach(port -> port.loop.schedule(port.port::close, millis, TimeUnit.MILLISECONDS));
  }

  @Override
  public void close() {
    acceptors.forEach(acceptor -> acceptor.close().syncUninterruptibly());
    ports.forEach(port -> port.loop.submit(port.port::close).syncUninterruptibly());
  }

  private record LoopPort(EventLoop loop, DatagramPort port) {}
}
