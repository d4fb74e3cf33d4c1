package dev.holdfast.listener;

import dev.holdfast.metrics.Counter;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many client connections are open, in all and per address. Thread-safe. */
final class ConnectionTable {

  /** The shortest idle timeout, when every connection is taken, as a share of the longest. */
  private static final int SHRUNK_IDLE_DIVISOR = 20;

  private final Map<InetAddress, Integer> perAddress = new HashMap<>();
  private TcpConfig config;
  private int open;

  ConnectionTable(TcpConfig config) {
    this.config = config;
  }

  /** Changes the bounds; connections that are open stay. */
  synchronized void reconfigure(TcpConfig newConfig) {
    config = newConfig;
  }

  /** Takes a place for a connection; otherwise returns the counter that says why there is none. */
  synchronized @Nullable Counter tryOpen(InetAddress address) {
    int sameAddress = perAddress.getOrDefault(address, 0);
    if (open >= config.maxConnections()) {
      return Counter.TCP_REFUSED_FULL;
    }
    if (sameAddress >= config.maxConnectionsPerAddress()) {
      return Counter.TCP_REFUSED_PER_ADDRESS;
    }
    perAddress.put(address, sameAddress + 1);
    open++;
    return null;
  }

  /** Gives back the place of a connection. */
  synchronized void close(InetAddress address) {
    open--;
    perAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  /**
   * The idle timeout of the moment: the configured one up to half the places, then falling in
   * proportion to the places left (RFC 7766 §6.2.3 leaves it to the server).
   */
  synchronized long idleTimeoutNanos() {
    long full = config.idleTimeout().toNanos();
    int half = config.maxConnections() / 2;
    if (open <= half) {
      return full;
    }
    long shrunk = full * (config.maxConnections() - open) / (config.maxConnections() - half);
    return Math.max(shrunk, full / SHRUNK_IDLE_DIVISOR);
  }
}
