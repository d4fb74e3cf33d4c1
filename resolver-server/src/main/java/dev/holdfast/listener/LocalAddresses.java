package dev.holdfast.listener;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of this machine's interfaces as last read. Thread-safe. */
final class LocalAddresses {

  private static final Logger logger = LoggerFactory.getLogger(LocalAddresses.class);

  private final Callable<Set<InetAddress>> source;
  private volatile Set<InetAddress> addresses = Set.of();

  LocalAddresses(Callable<Set<InetAddress>> source) {
    this.source = source;
  }

  static LocalAddresses ofMachine() {
    return new LocalAddresses(LocalAddresses::readInterfaces);
  }

  /** Reads the addresses anew; on failure what was known stays. */
  void refresh() {
    try {
      addresses = source.call();
    } catch (Exception e) {
      logger.warn("cannot list the addresses of this machine: {}", e.toString());
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

  private static Set<InetAddress> readInterfaces() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .filter(LocalAddresses::isUp)
        .flatMap(NetworkInterface::inetAddresses)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isUp(NetworkInterface networkInterface) {
    try {
      return networkInterface.isUp();
    } catch (SocketException e) {
      return false;
    }
  }
}
