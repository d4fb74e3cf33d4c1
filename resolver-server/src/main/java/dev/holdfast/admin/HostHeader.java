package dev.holdfast.admin;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a Host header belongs to this server. A page whose name was pointed at this machine (DNS
 * rebinding) sends that name; only addresses and localhost are taken. The port says nothing: it may
 * have been forwarded.
 */
final class HostHeader {

  private static final String LOCALHOST = "localhost";

  /** {@code name}, {@code 192.0.2.1:9153} or {@code [::1]:9153} (RFC 3986 §3.2.2). */
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[^\\]]*]|[^:\\[]*)(?::[0-9]*)?");

  private HostHeader() {}

  /** Whether {@code host}, with or without a port, is the address that was connected to. */
  static boolean names(String host, InetAddress connectedTo) {
    Matcher matcher = HOST_AND_PORT.matcher(host);
    if (!matcher.matches()) {
      return false;
    }
    String name = matcher.group(1);
    if (name.equalsIgnoreCase(LOCALHOST)) {
      return true;
    }
    InetAddress literal = literal(name);
    return literal != null && (literal.isLoopbackAddress() || literal.equals(connectedTo));
  }

  private static @Nullable InetAddress literal(String name) {
    boolean bracketed = name.startsWith("[") && name.endsWith("]");
    try {
      return InetAddress.ofLiteral(bracketed ? name.substring(1, name.length() - 1) : name);
    } catch (IllegalArgumentException notAnAddress) {
      return null;
    }
  }
}
