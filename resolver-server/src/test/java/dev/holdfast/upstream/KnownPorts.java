package dev.holdfast.upstream;

/** Ports of this process's own sockets, as tests want them. */
public final class KnownPorts {

  private KnownPorts() {}

  /** Our own sockets are one for datagrams with this port. */
  public static OwnPorts datagramSocket(int port) {
    OwnPorts ports = new OwnPorts();
    ports.add(/* stream= */ false, port);
    return ports;
  }
}
