package dev.holdfast.datagram;

import io.netty.channel.unix.FileDescriptor;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A bound UDP socket on one event loop: hands batches of datagrams to a {@link DatagramHandler} and
 * sends its responses. Confined to that loop, except {@link #localAddress}.
 */
public interface DatagramPort {

  /** Longest datagram that is handed over; no query needs more. */
  int MAX_DATAGRAM_LENGTH = 4096;

  /** Datagrams read in one wake-up before other sockets of the loop get their turn. */
  int MAX_BATCH = 64;

  /** The address it is bound to. */
  InetSocketAddress localAddress();

  /** The socket, to be shared with another process; null where that cannot be done. */
  default @Nullable FileDescriptor descriptor() {
    return null;
  }

  /** Sends {@code message} to {@code peer} from the address that the peer had asked. */
  void send(DatagramPeer peer, byte[] message, int length);

  /**
   * Reads no more datagrams and leaves them to whoever shares the socket; responses still go out.
   */
  void stopReading();

  /**
   * Gets no more datagrams: those that are here are handled, later ones go to other sockets of the
   * address or are refused by the machine. Responses still go out.
   */
  void retire();

  /** Closes the socket. */
  void close();
}
