package dev.holdfast.upstream;

import java.net.InetSocketAddress;

/**
 * An upstream as the operator names it: {@code 192.0.2.53}, {@code 192.0.2.53:5300}, {@code
 * [2001:db8::53]:53} or {@code tcp://192.0.2.53} for a server that is asked over TCP only.
 */
public record UpstreamSpec(InetSocketAddress address, boolean tcpOnly) {

  public static final int DEFAULT_PORT = 53;

  @Override
  public String toString() {
    String host = address.getAddress().getHostAddress();
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return (tcpOnly ? "tcp://" : "") + shown + ":" + address.getPort();
  }
}
