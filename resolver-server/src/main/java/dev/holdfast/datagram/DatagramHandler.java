package dev.holdfast.datagram;

/** What is done with datagrams that come in. Confined to the event loop of its ports. */
public interface DatagramHandler {

  /** A batch of datagrams begins: the moment to read the clock. */
  void beginBatch();

  /** The batch was handled and its responses were sent. */
  void endBatch();

  /**
   * Handles one datagram; nothing passed in outlives the call.
   *
   * @param response room for the largest message
   * @return the length of the response to send now, or 0 for none
   */
  int handle(DatagramPort port, DatagramPeer peer, byte[] datagram, int length, byte[] response);

  /** A datagram longer than {@link DatagramPort#MAX_DATAGRAM_LENGTH} was dropped. */
  void oversize();

  /** The socket refused to send or to receive. */
  void failed();
}
