package dev.holdfast.listener;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Address and port as an operator writes them. Thread-safe. */
final class Endpoints {

  private Endpoints() {}

  /** Returns {@code 127.0.0.1:53} or {@code [::1]:53}. */
  static String text(InetSocketAddress endpoint) {
    String address = endpoint.getAddress().getHostAddress();
    return endpoint.getAddress() instanceof Inet6Address
        ? "[" + address + "]:" + endpoint.getPort()
        : address + ":" + endpoint.getPort();
  }
}
