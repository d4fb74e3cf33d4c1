package dev.holdfast.upstream;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An upstream as the operator names it: {@code 192.0.2.53}, {@code 192.0.2.53:5300}, {@code
 * [2001:db8::53]:53} or {@code tcp://192.0.2.53} for a server that is asked over TCP only.
 */
public record UpstreamSpec(InetSocketAddress address, boolean tcpOnly) {

  public static final int DEFAULT_PORT = 53;

  private static final String TCP_SCHEME = "tcp://";

  /**
   * Reads the forms above.
   *
   * @throws IllegalArgumentException saying what was expected instead
   */
  public static UpstreamSpec parse(String text) {
    boolean tcpOnly = text.startsWith(TCP_SCHEME);
    String rest = tcpOnly ? text.substring(TCP_SCHEME.length()) : text;
    if (rest.contains("://")) {
      throw new IllegalArgumentException(
          text + " (expected an address such as 192.0.2.53:53, or tcp://192.0.2.53)");
    }
    InetSocketAddress address = SocketAddresses.parse(rest, DEFAULT_PORT);
    if (address.getPort() == 0) {
      throw new IllegalArgumentException(text + " (expected a port of 1..65535)");
    }
    if (address.getAddress().isAnyLocalAddress() || address.getAddress().isMulticastAddress()) {
      throw new IllegalArgumentException(text + " (expected the address of one host)");
    }
    return new UpstreamSpec(address, tcpOnly);
  }

  /** Written out, as is hashCode: what the language gives a record costs a start 10 ms to link. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UpstreamSpec spec
        && tcpOnly == spec.tcpOnly
        && address.equals(spec.address);
  }

  @Override
  public int hashCode() {
    return 31 * address.hashCode() + Boolean.hashCode(tcpOnly);
  }

  @Override
  public String toString() {
    return (tcpOnly ? TCP_SCHEME : "") + SocketAddresses.format(address);
  }
}
