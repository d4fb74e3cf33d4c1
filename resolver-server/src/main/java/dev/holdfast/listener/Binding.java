package dev.holdfast.listener;

import dev.holdfast.datagram.DatagramPort;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** All sockets that listen on one address, UDP and TCP. Confined to the thread that binds. */
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
    int tries = address.getPort() == 0 ? EPHEMERAL_TRIES : 1;
    while (true) {
      Binding binding = new Binding(address);
      try {
        binding.bindUdp(front);
        binding.bindTcp(front);
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

  private void bindUdp(Front front) throws ListenException {
    for (UdpListener listener : front.udpBinders()) {
      try {
        DatagramPort port = listener.bind(address, front.shared());
        ports.add(new LoopPort(listener.loop().loop(), port));
        address = new InetSocketAddress(address.getAddress(), port.localAddress().getPort());
      } catch (Exception e) {
        throw ListenException.of(address, "UDP", e);
      }
    }
  }

  private void bindTcp(Front front) throws ListenException {
    for (TcpListener listener : front.tcpBinders()) {
      try {
        acceptors.add(listener.bind(address, front.shared(), front.targets(listener)));
      } catch (Exception e) {
        throw ListenException.of(address, "TCP", e);
      }
    }
  }

  /** Accepts no more connections and reads no more datagrams. */
  void stopReading() {
    acceptors.forEach(acceptor -> acceptor.close().syncUninterruptibly());
    ports.forEach(port -> port.loop.submit(port.port::stopReading).syncUninterruptibly());
  }

  @Override
  public void close() {
    acceptors.forEach(acceptor -> acceptor.close().syncUninterruptibly());
    ports.forEach(port -> port.loop.submit(port.port::close).syncUninterruptibly());
  }

  private record LoopPort(EventLoop loop, DatagramPort port) {}
}
