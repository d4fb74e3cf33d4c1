package dev.holdfast.listener;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The addresses of this machine's interfaces as last read. Thread-safe. */
final class LocalAddresses {

  private volatile Set<InetAddress> addresses = Set.of();

  /** Reads the interfaces anew; on failure what was known stays. */
  void refresh() {
    try {
      addresses =
          NetworkInterface.networkInterfaces()
              .filter(LocalAddresses::isUp)
              .flatMap(NetworkInterface::inetAddresses)
              .collect(Collectors.toUnmodifiableSet());
    } catch (SocketException e) {
      // The interfaces could not be listed this time; the next refresh tries again.
    }
  }

  boolean contains(InetAddress address) {
    return addresses.contains(address);
  }

  /** Returns the addresses that a wildcard address stands for: those of its own family. */
  Set<InetAddress> matching(InetAddress wildcard) {
    Predicate<InetAddress> sameFamily =
        address -> address instanceof Inet6Address == wildcard instanceof Inet6Address;
    return addresses.stream().filter(sameFamily).collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isUp(NetworkInterface networkInterface) {
    try {
      return networkInterface.isUp();
    } catch (SocketException e) {
      return false;
    }
  }
}
