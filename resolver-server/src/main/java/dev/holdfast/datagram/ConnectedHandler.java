package dev.holdfast.datagram;

/** Hears what comes to a {@link ConnectedSocket}. Called on its event loop. */
public interface ConnectedHandler {

  /** A datagram came; its bytes are valid during the call. */
  void received(byte[] datagram, int length);

  /**
   * Receiving or sending failed.
   *
   * @param refused whether the server's host says that nobody listens there
   */
  void failed(boolean refused);
}
