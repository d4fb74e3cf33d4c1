package dev.holdfast.datagram;

import java.net.InetSocketAddress;

/** A UDP socket that talks to one server alone. Confined to one event loop. */
public interface ConnectedSocket {

  /** Longest datagram that is received whole; the rest of a longer one is cut off. */
  int MAX_DATAGRAM_LENGTH = 4096;

  /** Binds it; false when the address is taken. */
  boolean bind(InetSocketAddress address);

  /** Connects it and begins to receive; false when there is no way to the server. */
  boolean connect(InetSocketAddress server);

  /** Where it is bound; once it is connected, with the address that the server sees. */
  InetSocketAddress localAddress();

  /** Sends a datagram, at the end of the loop's turn at the latest. */
  void send(byte[] message, int length);

  /** Closes it; the handler hears nothing more. */
  void close();
}
