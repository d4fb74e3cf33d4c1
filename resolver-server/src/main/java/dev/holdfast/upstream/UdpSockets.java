package dev.holdfast.upstream;

import dev.holdfast.datagram.ConnectedSockets;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The UDP sockets towards one upstream: a pool that queries are spread over at random, and those
 * that only wait for their last replies. Confined to one event loop.
 */
final class UdpSockets {

  private final ExchangeLoop loop;
  private final Upstream upstream;
  private final List<UdpSocket> pool = new ArrayList<>();
  private final List<UdpSocket> draining = new ArrayList<>();

  /*
   * Queries of one turn of the loop share a socket, and a system call with it. Whoever guesses still
   * has to know the port and the id of the very query.
   */
  private @Nullable UdpSocket ofTurn;
  private int lastTurn;

  UdpSockets(ExchangeLoop loop, Upstream upstream) {
    this.loop = loop;
    this.upstream = upstream;
  }

  /**
   * Sends on a new socket while the pool is not full, else on any of it, a turn of the loop long.
   */
  void send(PendingQuery query, long nowNanos) {
    send(query, choose(), nowNanos);
  }

  /** Sends on another socket than one that took a dubious reply, if there is another. */
  void sendElsewhere(PendingQuery query, PendingQuery.@Nullable Carrier dubious, long nowNanos) {
    ofTurn = null;
    UdpSocket socket = choose();
    while (socket == dubious && pool.size() > 1) {
      socket = pool.get(loop.random.nextBelow(pool.size()));
    }
    send(query, socket, nowNanos);
  }

  private void send(PendingQuery query, @Nullable UdpSocket socket, long nowNanos) {
    if (socket == null) {
      query.failLater(FailureKind.OVERLOADED);
    } else {
      query.seal(this, nowNanos);
      socket.send(query, nowNanos);
    }
  }

  /** The upstream sees this address of ours. */
  void openedFrom(InetAddress address) {
    upstream.cookies().useSource(address, loop.random);
  }

  private @Nullable UdpSocket choose() {
    if (pool.size() < loop.config.sockets()) {
      UdpSocket opened = UdpSocket.open(loop, this, upstream.spec().address());
      if (opened != null) {
        pool.add(opened);
        return opened;
      }
    }
    if (pool.isEmpty()) {
      return null;
    }
    int turn = loop.sockets.turn();
    UdpSocket socket = ofTurn;
    if (socket == null || turn != lastTurn || turn == ConnectedSockets.NO_TURN) {
      socket = pool.get(loop.random.nextBelow(pool.size()));
      ofTurn = socket;
      lastTurn = turn;
    }
    return socket;
  }

  /** The socket takes no more queries. */
  void retired(UdpSocket socket) {
    pool.remove(socket);
    draining.add(socket);
    ofTurn = null;
  }

  /** The socket is gone. */
  void closed(UdpSocket socket) {
    draining.remove(socket);
  }

  /** Whether there is nothing to forget. */
  boolean idle() {
    return pool.isEmpty() && draining.isEmpty();
  }

  /** Ends all sockets and the queries that wait on them. */
  void close() {
    List<UdpSocket> sockets = new ArrayList<>(pool);
    sockets.addAll(draining);
    sockets.forEach(socket -> socket.fail(FailureKind.NETWORK_ERROR));
  }
}
