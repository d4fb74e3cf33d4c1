package dev.holdfast.datagram;

import io.netty.channel.EventLoop;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Opens connected UDP sockets on one event loop, to which it is confined. */
public final class ConnectedSockets {

  public static final int NO_TURN = -1;

  private final EventLoop loop;
  private final NativeTransport transport;
  private final @Nullable ConnectedBatch batch;

  /** Makes sockets of the best kind for {@code loop}, whose channels are of {@code transport}. */
  public ConnectedSockets(EventLoop loop, NativeTransport transport) {
    this.loop = loop;
    this.transport = transport;
    this.batch =
        DatagramKind.bestFor(loop) == DatagramKind.BATCHED ? new ConnectedBatch(loop) : null;
  }

  /** Opens a socket for IPv4 or for IPv6 alone, neither bound nor connected. */
  public ConnectedSocket open(boolean ipv6, ConnectedHandler handler) throws IOException {
    return batch != null
        ? NativeConnectedSocket.open(batch, ipv6, handler)
        : ChannelConnectedSocket.open(loop, transport, ipv6, handler);
  }

  /**
   * Changes with every turn of the loop that sends; {@link #NO_TURN} where each datagram goes out
   * by itself, and nothing is won by sending many through one socket.
   */
  public int turn() {
    return batch == null ? NO_TURN : batch.turn();
  }
}
