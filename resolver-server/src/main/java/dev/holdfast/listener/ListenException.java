package dev.holdfast.listener;

import java.io.Serial;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Not every address could be bound; the message says which, why and what to do. */
public final class ListenException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  private static final int FIRST_FREE_PORT = 1024;

  private ListenException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Puts the problem of one address into words. */
  static ListenException of(InetSocketAddress address, String protocol, Throwable cause) {
    return new ListenException(
        "cannot listen on %s (%s): %s"
            .formatted(Endpoints.text(address), protocol, reason(address, cause)),
        cause);
  }

  /** Joins the problems of several addresses, one a line. */
  static ListenException join(List<ListenException> problems) {
    if (problems.size() == 1) {
      return problems.getFirst();
    }
    return new ListenException(
        problems.stream().map(Throwable::getMessage).collect(Collectors.joining("\n")),
        problems.getFirst());
  }

  private static String reason(InetSocketAddress address, Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("in use")) {
      return "address in use - another resolver? `ss -lntup sport = :%d` tells which"
          .formatted(address.getPort());
    }
    if (lower.contains("permission denied") || lower.contains("not permitted")) {
      return address.getPort() < FIRST_FREE_PORT
          ? "permission denied - ports below 1024 need CAP_NET_BIND_SERVICE (as a systemd service"
              + " with AmbientCapabilities, or setcap on the java executable), or choose a port"
              + " above 1023"
          : "permission denied";
    }
    if (lower.contains("family not supported")) {
      return "this machine has no "
          + (address.getAddress() instanceof Inet6Address ? "IPv6" : "IPv4");
    }
    if (lower.contains("cannot assign")) {
      return "no interface of this machine has this address";
    }
    return message;
  }
}
