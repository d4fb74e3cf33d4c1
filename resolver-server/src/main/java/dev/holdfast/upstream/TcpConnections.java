package dev.holdfast.upstream;

import dev.holdfast.metrics.Counter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connections to one upstream, and the pause after one could not be made or was closed
 * without a reply. Confined to one event loop.
 */
final class TcpConnections {

  private final ExchangeLoop loop;
  private final Upstream upstream;
  private final List<TcpConnection> connections = new ArrayList<>();

  /** Length of the last pause; 0 after a reply. */
  private long backOffNanos;

  private long backOffUntilNanos;

  TcpConnections(ExchangeLoop loop, Upstream upstream) {
    this.loop = loop;
    this.upstream = upstream;
  }

  /** Sends on the connection with the fewest queries, or on a new one. */
  void send(PendingQuery query) {
    TcpConnection best = leastBusy();
    boolean wanted = best == null || best.waiting() >= loop.config.busyConnection();
    boolean backingOff = backingOff();
    if (wanted && !backingOff) {
      TcpConnection opened = open();
      best = opened == null ? best : opened;
    }
    if (best != null) {
      best.send(query);
    } else if (backingOff) {
      loop.count(Counter.UPSTREAM_BACK_OFF);
      query.failLater(FailureKind.REFUSED_CONNECTION);
    } else {
      query.failLater(FailureKind.OVERLOADED);
    }
  }

  /** Sends those again that were not sent twice already (RFC 7766 §6.2.4), back-off or not. */
  void retry(List<PendingQuery> stranded) {
    List<PendingQuery> givenUp = new ArrayList<>();
    TcpConnection next = null;
    for (PendingQuery query : stranded) {
      boolean again = query.claimRetry();
      if (again && next == null) {
        next = open();
        next = next == null ? leastBusy() : next;
      }
      if (again && next != null) {
        next.send(query);
      } else {
        givenUp.add(query);
      }
    }
    givenUp.forEach(query -> query.fail(FailureKind.NETWORK_ERROR));
  }

  private @Nullable TcpConnection open() {
    long usable = connections.stream().filter(TcpConnection::isUsable).count();
    if (usable >= loop.config.connections()) {
      return null;
    }
    TcpConnection opened = TcpConnection.open(loop, this, upstream.spec().address());
    if (opened != null) {
      connections.add(opened);
    }
    return opened;
  }

  private @Nullable TcpConnection leastBusy() {
    TcpConnection best = null;
    for (TcpConnection connection : connections) {
      if (connection.isUsable() && (best == null || connection.waiting() < best.waiting())) {
        best = connection;
      }
    }
    return best;
  }

  /** No connection is tried for a while, longer each time in a row. */
  void backOff() {
    backOffNanos =
        backOffNanos == 0
            ? loop.config.firstBackOff().toNanos()
            : Math.min(2 * backOffNanos, loop.config.lastBackOff().toNanos());
    backOffUntilNanos = loop.now() + backOffNanos;
  }

  /** A reply came: connections are worth making. */
  void answered() {
    backOffNanos = 0;
  }

  private boolean backingOff() {
    return backOffNanos != 0 && loop.now() - backOffUntilNanos < 0;
  }

  /** The connection is gone. */
  void ended(TcpConnection connection) {
    connections.remove(connection);
  }

  /** Whether there is nothing to forget. */
  boolean idle() {
    return connections.isEmpty() && !backingOff();
  }

  /** Ends all connections and the queries that wait on them. */
  void close() {
    List.copyOf(connections).forEach(TcpConnection::close);
  }
}
