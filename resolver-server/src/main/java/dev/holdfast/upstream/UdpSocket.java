package dev.holdfast.upstream;

import dev.holdfast.datagram.ConnectedHandler;
import dev.holdfast.datagram.ConnectedSocket;
import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.Header;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket that is connected to one upstream from an unpredictable port. It takes a random
 * number of queries for a limited time and closes when the last of them has ended. Confined to one
 * event loop.
 */
final class UdpSocket implements ConnectedHandler, PendingQuery.Carrier, Runnable {

  private static final int FIRST_PORT = 1024;
  private static final int PORTS = (1 << 16) - FIRST_PORT;
  private static final int PORT_ATTEMPTS = 16;

  private static final int FIRST_CAPACITY = 4;
  private static final int NOT_FOUND = -1;
  private static final InetAddress ANY_IPV4 = InetAddress.ofLiteral("0.0.0.0");
  private static final InetAddress ANY_IPV6 = InetAddress.ofLiteral("::");

  private final ExchangeLoop loop;
  private final UdpSockets owner;
  private final ConnectedSocket socket;
  private final int maxQueries;

  /** Where it is connected from; null when there is no way to the upstream. */
  private @Nullable InetSocketAddress local;

  /** Ids of all queries so far, at the index of the query. */
  private char[] ids = new char[FIRST_CAPACITY];

  /** Queries that wait or were too slow; null once a reply has come or they were given up. */
  private @Nullable PendingQuery[] queries = new PendingQuery[FIRST_CAPACITY];

  private int sent;
  private int waiting;
  private int nearMisses;
  private boolean retired;
  private boolean closed;
  private @Nullable ScheduledFuture<?> ageTimer;

  private UdpSocket(ExchangeLoop loop, UdpSockets owner, boolean ipv6) throws IOException {
    this.loop = loop;
    this.owner = owner;
    this.socket = loop.sockets.open(ipv6, this);
    int spread = loop.config.maxQueriesPerSocket() - loop.config.minQueriesPerSocket() + 1;
    this.maxQueries = loop.config.minQueriesPerSocket() + loop.random.nextBelow(spread);
  }

  /** Opens a socket; null when the process or the machine has none left. */
  static @Nullable UdpSocket open(ExchangeLoop loop, UdpSockets owner, InetSocketAddress remote) {
    boolean ipv6 = remote.getAddress() instanceof Inet6Address;
    try {
      UdpSocket opened = new UdpSocket(loop, owner, ipv6);
      if (opened.bind(ipv6 ? ANY_IPV6 : ANY_IPV4)) {
        opened.start(remote);
        return opened;
      }
      opened.socket.close();
    } catch (IOException | RuntimeException none) {
      // Counted below, whatever the reason.
    }
    loop.count(Counter.UPSTREAM_SOCKET_FAILURES);
    return null;
  }

  /** Binds to a random port, after some that are taken to one that the system chooses. */
  private boolean bind(InetAddress any) {
    for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      int port = FIRST_PORT + loop.random.nextBelow(PORTS);
      if (socket.bind(new InetSocketAddress(any, port))) {
        return true;
      }
      loop.count(Counter.UPSTREAM_PORTS_TAKEN);
    }
    return socket.bind(new InetSocketAddress(any, 0));
  }

  private void start(InetSocketAddress remote) {
    loop.count(Counter.UPSTREAM_SOCKETS_OPENED);
    if (socket.connect(remote)) {
      local = socket.localAddress();
      loop.ownSockets.add(/* stream= */ false, local);
      owner.openedFrom(local.getAddress());
    }
    ageTimer =
        loop.eventLoop.schedule(this, loop.config.socketAge().toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Sends the query's message with an id of its own. */
  void send(PendingQuery query, long nowNanos) {
    if (local == null) {
      query.failLater(FailureKind.NETWORK_ERROR);
      retire();
      return;
    }
    int id = unusedId();
    if (sent == ids.length) {
      ids = Arrays.copyOf(ids, 2 * sent);
      queries = Arrays.copyOf(queries, 2 * sent);
    }
    ids[sent] = (char) id;
    queries[sent++] = query;
    waiting++;
    query.sentOn(this, nowNanos);
    Header.putUint16(query.message(), Header.ID_OFFSET, id);
    socket.send(query.message(), query.length());
    if (sent == maxQueries) {
      retire();
    }
  }

  @Override
  public void received(byte[] reply, int length) {
    if (!closed) {
      match(reply, length);
    }
  }

  private void match(byte[] reply, int length) {
    boolean hasHeader = length >= Header.LENGTH;
    int index = hasHeader ? indexOf(Header.uint16(reply, Header.ID_OFFSET)) : NOT_FOUND;
    if (index == NOT_FOUND) {
      loop.count(hasHeader ? Counter.UPSTREAM_NEAR_MISS_ID : Counter.UPSTREAM_NEAR_MISS_SHAPE);
      nearMissForAll();
      return;
    }
    PendingQuery query = queries[index];
    if (query == null) {
      loop.count(Counter.UPSTREAM_LATE_REPLIES);
      return;
    }
    boolean wasWaiting = query.waiting();
    if (!query.offer(reply, length)) {
      nearMissHere();
    }
    if (query.ended()) {
      queries[index] = null;
      if (wasWaiting) {
        stopWaiting();
      }
    }
  }

  private void nearMissForAll() {
    nearMissHere();
    for (int i = 0; i < sent; i++) {
      PendingQuery query = queries[i];
      if (query != null && query.waiting() && query.nearMiss()) {
        queries[i] = null;
        stopWaiting();
      }
    }
  }

  /** Somebody may be guessing: the port is not used for new queries after a few of these. */
  private void nearMissHere() {
    if (++nearMisses >= loop.config.nearMisses()) {
      retire();
    }
  }

  @Override
  public void timedOut(PendingQuery query) {
    stopWaiting();
  }

  @Override
  public void withdrawn(PendingQuery query) {
    stopWaiting();
  }

  private void stopWaiting() {
    waiting--;
    if (retired && waiting == 0) {
      close();
    }
  }

  /** The socket is too old. */
  @Override
  public void run() {
    retire();
  }

  private void retire() {
    if (!retired) {
      retired = true;
      owner.retired(this);
    }
    if (waiting == 0) {
      close();
    }
  }

  /** The host's ICMP messages arrive here, as do errors of sending. */
  @Override
  public void failed(boolean refused) {
    if (!refused) {
      loop.count(Counter.UPSTREAM_SOCKET_FAILURES);
    }
    retire();
    FailureKind kind = refused ? FailureKind.REFUSED_CONNECTION : FailureKind.NETWORK_ERROR;
    loop.eventLoop.execute(() -> end(query -> query.lostSocket(kind)));
  }

  /** Ends the socket and all queries that wait on it. */
  void fail(FailureKind kind) {
    end(query -> query.fail(kind));
  }

  private void end(Consumer<PendingQuery> fate) {
    if (closed) {
      return;
    }
    close();
    for (int i = 0; i < sent; i++) {
      PendingQuery query = queries[i];
      if (query != null) {
        fate.accept(query);
      }
    }
  }

  private void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!retired) {
      retired = true;
      owner.retired(this);
    }
    owner.closed(this);
    if (local != null) {
      loop.ownSockets.remove(/* stream= */ false, local);
    }
    if (ageTimer != null) {
      ageTimer.cancel(false);
    }
    socket.close();
  }

  private int unusedId() {
    int id;
    do {
      id = loop.random.next16Bits();
    } while (indexOf(id) != NOT_FOUND);
    return id;
  }

  private int indexOf(int id) {
    for (int i = sent - 1; i >= 0; i--) { // replies are mostly to the last queries
      if (ids[i] == id) {
        return i;
      }
    }
    return NOT_FOUND;
  }
}
