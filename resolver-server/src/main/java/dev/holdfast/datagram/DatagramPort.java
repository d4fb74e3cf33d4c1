package dev.holdfast.datagram;

import java.net.InetSocketAddress;

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

  /** Sends {@code message} to {@code peer} from the address that the peer had asked. */
  void send(DatagramPeer peer, byte[] message, int length);

  /** Reads no more datagrams; responses still go out. */
  void stopReading();

  /** Closes the socket. */
  void close();
}
