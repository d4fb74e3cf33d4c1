package dev.holdfast.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of which server, and how. Immutable.
 *
 * @param clients how many sockets ask
 * @param sources the addresses that the sockets have, in turn; none for what the system likes
 * @param outstanding most queries on the way, on all sockets together
 * @param timeout how long an answer may take
 * @param file queries in dnsperf's format; null for generated names
 * @param rates queries per second, one phase each; none for as many as answers come
 * @param time how long each phase lasts
 * @param passes how often everything is asked at most in a phase; 0 for no bound
 * @param warmUp how long the load runs before it counts
 * @param askAllFirst whether every name is asked once before
 * @param serverPid process of the server on this machine; 0 when it is not known
 */
public record Load(
    InetSocketAddress server,
    boolean tcp,
    int clients,
    List<InetAddress> sources,
    int outstanding,
    Duration timeout,
    boolean edns,
    boolean dnssecOk,
    @Nullable Path file,
    Zipf names,
    List<Double> rates,
    Duration time,
    int passes,
    Duration warmUp,
    boolean askAllFirst,
    long serverPid) {

  private static final int MAX_CLIENTS = 10_000;
  private static final int MAX_OUTSTANDING = 1 << 20;

  public Load {
    if (clients < 1 || clients > MAX_CLIENTS) {
      throw new IllegalArgumentException(
          "clients: " + clients + " (expected 1.." + MAX_CLIENTS + ")");
    }
    if (outstanding < clients || outstanding > MAX_OUTSTANDING) {
      throw new IllegalArgumentException(
          "outstanding: "
              + outstanding
              + " (expected one per client at least: "
              + clients
              + ".."
              + MAX_OUTSTANDING
              + ")");
    }
    sources = List.copyOf(sources);
    rates = List.copyOf(rates);
  }
}
