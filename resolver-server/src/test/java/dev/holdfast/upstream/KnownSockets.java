package dev.holdfast.upstream;

import java.net.InetSocketAddress;

/** This process's own sockets, as tests want them. */
public final class KnownSockets {

  private KnownSockets() {}

  /** One for datagrams is bound to this address. */
  public static OwnSockets datagramSocket(InetSocketAddress local) {
    OwnSockets sockets = new OwnSockets();
    sockets.add(/* stream= */ false, local);
    return sockets;
  }
}
