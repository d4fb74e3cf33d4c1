package dev.holdfast.datagram;

import io.netty.channel.EventLoop;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Binds UDP addresses on one event loop; the ports share their native memory. Confined to the
 * thread that binds.
 */
public final class DatagramBinder {

  private final EventLoop loop;
  private final DatagramHandler handler;
  private final @Nullable ReceiveBatch received;
  private final @Nullable SendBatch unsent;

  /** Makes a binder of ports that hand their datagrams to {@code handler}. */
  public DatagramBinder(EventLoop loop, DatagramKind kind, DatagramHandler handler) {
    this.loop = loop;
    this.handler = handler;
    this.received = kind == DatagramKind.BATCHED ? new ReceiveBatch() : null;
    this.unsent = kind == DatagramKind.BATCHED ? new SendBatch() : null;
  }

  /**
   * Binds {@code address} and waits for it; not to be called on a loop.
   *
   * @param shared whether further sockets may be bound to the same address
   */
  public DatagramPort bind(InetSocketAddress address, boolean shared) throws IOException {
    return received != null && unsent != null
        ? NativeDatagramPort.bind(loop, address, shared, handler, received, unsent)
        : ChannelDatagramPort.bind(loop, address, shared, handler);
  }

  /**
   * Receives on a socket of another process, where that can be done; not to be called on a loop.
   */
  public DatagramPort adopt(FileDescriptor bound) throws IOException {
    if (received == null || unsent == null) {
      throw new IOException("sockets cannot be taken over with this transport");
    }
    return NativeDatagramPort.adopt(loop, bound, handler, received, unsent);
  }
}
