package dev.holdfast.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A machine with the addresses that a test gives it. */
public final class FakeMachine implements Machine {

  static final Path STATE_DIR = Path.of("/var/lib/holdfast");

  private final Set<InetAddress> addresses;

  public FakeMachine(String... addresses) {
    this.addresses =
        Stream.of(addresses).map(InetAddress::ofLiteral).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public boolean hasAddress(InetAddress address) {
    return addresses.contains(address);
  }

  @Override
  public Path stateDir() {
    return STATE_DIR;
  }
}
