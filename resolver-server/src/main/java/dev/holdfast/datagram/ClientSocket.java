package dev.holdfast.datagram;

import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A non-blocking Linux UDP socket that talks to one server alone. Thread-safe. */
final class ClientSocket extends Socket {

  /** As much as net.core.rmem_max and wmem_max allow of it. */
  private static final int BUFFER_BYTES = 4 << 20;

  private ClientSocket(boolean ipv6) {
    super(newSocketDgram0(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET));
  }

  /**
   * Connects a new socket to {@code server}, from {@code source} or from where the system likes.
   */
  static ClientSocket connect(InetSocketAddress server, @Nullable InetSocketAddress source)
      throws IOException {
    ClientSocket socket = new ClientSocket(server.getAddress() instanceof Inet6Address);
    try {
      socket.setReceiveBufferSize(BUFFER_BYTES);
      socket.setSendBufferSize(BUFFER_BYTES);
      if (source != null) {
        socket.bind(source);
      }
      socket.connect(server);
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}
