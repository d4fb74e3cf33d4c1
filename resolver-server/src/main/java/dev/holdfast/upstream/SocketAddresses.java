package dev.holdfast.upstream;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Addresses with a port as people write them: {@code 192.0.2.1}, {@code 192.0.2.1:5353}, {@code
 * 2001:db8::1}, {@code [2001:db8::1]:5353}. Never a name: looking one up would need a resolver.
 */
public final class SocketAddresses {

  private static final String EXPECTED =
      " (expected an address such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:5353)";

  private SocketAddresses() {}

  /**
   * Reads an address, with {@code defaultPort} where none is written.
   *
   * @throws IllegalArgumentException saying what was expected instead
   */
  public static InetSocketAddress parse(String text, int defaultPort) {
    int portColon = portColon(text);
    String host = portColon < 0 ? text : text.substring(0, portColon);
    if (host.startsWith("[") && host.endsWith("]") && host.indexOf(':') > 0) {
      host = host.substring(1, host.length() - 1);
    }
    InetAddress address = literal(host);
    if (address == null) {
      throw new IllegalArgumentException(text + EXPECTED + suggestion(text, defaultPort));
    }
    return new InetSocketAddress(
        address, portColon < 0 ? defaultPort : port(text, text.substring(portColon + 1)));
  }

  /** Returns the form that {@link #parse} reads, always with the port. */
  public static String format(InetSocketAddress socketAddress) {
    InetAddress address = socketAddress.getAddress();
    String host = address == null ? socketAddress.getHostString() : format(address);
    String shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return shown + ":" + socketAddress.getPort();
  }

  /** Returns the address without a port, IPv6 in its short form (RFC 5952 §4.2). */
  public static String format(InetAddress address) {
    String text = address.getHostAddress();
    return text.indexOf(':') < 0 ? text : text.replaceFirst("(^|:)0(:0)+(:|$|(?=%))", "::");
  }

  /** Index of the colon before the port, or -1. An IPv6 address has a port in brackets only. */
  private static int portColon(String text) {
    int colon = text.lastIndexOf(':');
    boolean bracketed = colon > 0 && text.charAt(colon - 1) == ']';
    return bracketed || text.indexOf(':') == colon ? colon : -1;
  }

  private static int port(String text, String digits) {
    int port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : -1;
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(text + " (expected a port of 0..65535 after the colon)");
    }
    return port;
  }

  /** Reads an address; IPv4 in four decimal parts only, 127.1 and 010.0.0.1 are refused. */
  private static @Nullable InetAddress literal(String text) {
    if (text.startsWith("[")) {
      return null;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(text);
      boolean exact = text.indexOf(':') >= 0 || address.getHostAddress().equals(text);
      return exact ? address : null;
    } catch (IllegalArgumentException notAnAddress) {
      return null;
    }
  }

  private static String suggestion(String text, int defaultPort) {
    String meant = null;
    if (text.matches("[0-9A-Fa-f.:]+[@#]\\d+")) {
      int separator = Math.max(text.indexOf('@'), text.indexOf('#'));
      String host = text.substring(0, separator);
      meant = (host.contains(":") ? "[" + host + "]" : host) + ":" + text.substring(separator + 1);
    } else if (text.equals("localhost")) {
      meant = "127.0.0.1:" + defaultPort;
    } else if (text.startsWith("localhost:")) {
      meant = "127.0.0.1" + text.substring("localhost".length());
    }
    return meant == null ? "" : ". Did you mean \"" + meant + "\"?";
  }
}
