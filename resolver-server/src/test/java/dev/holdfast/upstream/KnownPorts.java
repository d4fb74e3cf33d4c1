package dev.holdfast.upstream;

import java.net.InetAddress;

/** Ports of this process's own sockets, as tests want them. */
public final class KnownPorts {

  /** The address that their datagrams leave from. */
  public static final InetAddress SOURCE = InetAddress.ofLiteral("10.77.0.7");

  private KnownPorts() {}

  /** Our own sockets are one for datagrams with this port. */
  public static OwnPorts datagramSocket(int port) {
    OwnPorts ports = new OwnPorts();
    ports.add(/* stream= */ false, port);
    ports.addSource(SOURCE);
    return ports;
  }
}
