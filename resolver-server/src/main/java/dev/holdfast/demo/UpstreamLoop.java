package dev.holdfast.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a {@link ScriptedUpstream}: reads UDP and TCP, sends what the behaviour says,
 * keeps replies that are to come late. Commands from other threads run between two batches.
 */
final class UpstreamLoop implements Runnable, Behaviour.Output {

  static final int MAX_TCP_PEERS = 512;

  private static final int MAX_DATAGRAM_BYTES = 65_535;
  private static final int DATAGRAMS_PER_TURN = 256;
  private static final int REBIND_ATTEMPTS = 200;
  private static final long REBIND_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Selector selector;
  private final InetSocketAddress address;
  private final QueryLog log;
  private final AnswerBook book;
  private final Behaviour behaviour;
  private final AtomicLong lost;

  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final Delays delays = new Delays();
  private final Deque<TcpPeer> peers = new ArrayDeque<>();
  private final Query query = new Query();
  private final byte[] inputBytes = new byte[MAX_DATAGRAM_BYTES];
  private final ByteBuffer input = ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES);
  private final ByteBuffer output = ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES);

  private @Nullable DatagramChannel udp;
  private @Nullable ServerSocketChannel tcp;
  private @Nullable InetSocketAddress currentSource;
  private @Nullable TcpPeer currentPeer;
  private volatile boolean running = true;

  UpstreamLoop(
      Selector selector,
      Sockets sockets,
      QueryLog log,
      AnswerBook book,
      Behaviour behaviour,
      AtomicLong lost)
      throws IOException {
    this.selector = selector;
    this.address = (InetSocketAddress) sockets.udp().getLocalAddress();
    this.log = log;
    this.book = book;
    this.behaviour = behaviour;
    this.lost = lost;
    openUdp(sockets.udp());
    openTcp(sockets.tcp());
  }

  InetSocketAddress address() {
    return address;
  }

  /** Runs {@code command} on the loop's thread soon; returns at once. */
  void execute(Runnable command) {
    commands.add(command);
    selector.wakeup();
  }

  /** Ends the loop; it closes its sockets itself. */
  void stop() {
    running = false;
    selector.wakeup();
  }

  @Override
  public void run() {
    try {
      while (running) {
        selector.select(this::ready, delays.millisUntilNext(System.nanoTime()));
        for (Runnable next = commands.poll(); next != null; next = commands.poll()) {
          next.run();
        }
        delays.fire(System.nanoTime());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      become(Breakage.CLOSED, 0);
      Sockets.closeQuietly(selector);
    }
  }

  /** Changes the behaviour; opens and closes sockets as the kind wants it. */
  void become(Breakage breakage, long slowMillis) {
    behaviour.become(breakage, slowMillis);
    if (!breakage.udpOpen()) {
      delays.clear();
      if (udp != null) {
        Sockets.closeQuietly(udp);
        udp = null;
      }
    }
    if (!breakage.tcpOpen()) {
      new ArrayList<>(peers).forEach(this::drop);
      if (tcp != null) {
        Sockets.closeQuietly(tcp);
        tcp = null;
      }
    }
    try {
      // A closed channel keeps its port until its key is taken out of the selector.
      selector.selectNow();
      selector.selectedKeys().clear();
      reopen(breakage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void reopen(Breakage breakage) throws IOException {
    if (breakage.udpOpen() && udp == null) {
      openUdp(retried(() -> Sockets.bindUdp(address)));
    }
    if (breakage.tcpOpen() && tcp == null) {
      openTcp(retried(() -> Sockets.bindTcp(address)));
    }
  }

  private interface Binding<T> {
    T bind() throws IOException;
  }

  /** While the port was closed, a client may have been given it for a moment. */
  private static <T> T retried(Binding<T> binding) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return binding.bind();
      } catch (IOException e) {
        if (attempt == REBIND_ATTEMPTS) {
          throw e;
        }
        LockSupport.parkNanos(REBIND_PAUSE_NANOS);
      }
    }
  }

  private void openUdp(DatagramChannel channel) throws IOException {
    channel.register(selector, SelectionKey.OP_READ);
    udp = channel;
  }

  private void openTcp(ServerSocketChannel channel) throws IOException {
    channel.register(selector, SelectionKey.OP_ACCEPT);
    tcp = channel;
  }

  private void ready(SelectionKey key) {
    if (!key.isValid()) {
      return;
    }
    if (key.attachment() instanceof TcpPeer peer) {
      peerReady(key, peer);
    } else if (key.isAcceptable()) {
      accept();
    } else {
      receive();
    }
  }

  private void receive() {
    DatagramChannel channel = udp;
    for (int i = 0; channel != null && i < DATAGRAMS_PER_TURN; i++) {
      try {
        input.clear();
        currentSource = (InetSocketAddress) channel.receive(input);
      } catch (IOException e) {
        lost.incrementAndGet();
        return;
      }
      if (currentSource == null) {
        return;
      }
      currentPeer = null;
      int length = input.flip().remaining();
      input.get(inputBytes, 0, length);
      handle(inputBytes, length, currentSource, false);
    }
  }

  private void accept() {
    ServerSocketChannel listening = tcp;
    try {
      SocketChannel channel = listening == null ? null : listening.accept();
      if (channel == null) {
        return;
      }
      if (peers.size() >= MAX_TCP_PEERS) {
        drop(peers.getFirst());
      }
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      TcpPeer peer = new TcpPeer(channel, key, (InetSocketAddress) channel.getRemoteAddress());
      key.attach(peer);
      peers.addLast(peer);
    } catch (IOException e) {
      lost.incrementAndGet();
    }
  }

  private void peerReady(SelectionKey key, TcpPeer peer) {
    boolean alive = !key.isWritable() || peer.flush();
    if (alive && key.isReadable()) {
      alive = peer.fill();
      for (byte[] message = peer.nextMessage(); message != null; message = peer.nextMessage()) {
        currentPeer = peer;
        currentSource = peer.source;
        handle(message, message.length, peer.source, true);
      }
    }
    if (!alive) {
      drop(peer);
    }
  }

  private void handle(byte[] message, int length, InetSocketAddress source, boolean stream) {
    try {
      if (!query.read(message, length)) {
        lost.incrementAndGet();
        return;
      }
      if (behaviour.loses(stream)) {
        return;
      }
      ReceivedQuery received =
          new ReceivedQuery(Arrays.copyOf(message, length), source, stream, System.nanoTime());
      log.add(received);
      AnswerBook.Page page = book.page(query);
      if (page != null) {
        page.nameCount.incrementAndGet();
      }
      behaviour.react(query, page, received, this);
    } catch (RuntimeException e) {
      lost.incrementAndGet();
    }
  }

  @Override
  public void send(Reply reply, long delayMillis) {
    TcpPeer peer = currentPeer;
    InetSocketAddress source = currentSource;
    if (delayMillis == 0) {
      transmit(peer, source, reply.bytes, reply.length);
      return;
    }
    byte[] copy = Arrays.copyOf(reply.bytes, reply.length);
    long dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
    if (!delays.add(dueNanos, () -> transmit(peer, source, copy, copy.length))) {
      lost.incrementAndGet();
    }
  }

  private void transmit(
      @Nullable TcpPeer peer, @Nullable InetSocketAddress source, byte[] bytes, int length) {
    boolean sent = peer == null ? sendDatagram(source, bytes, length) : peer.send(bytes, length);
    if (!sent) {
      lost.incrementAndGet();
      if (peer != null) {
        drop(peer);
      }
    }
  }

  private boolean sendDatagram(@Nullable InetSocketAddress source, byte[] bytes, int length) {
    DatagramChannel channel = udp;
    if (channel == null || source == null) {
      return false;
    }
    try {
      output.clear().put(bytes, 0, length).flip();
      return channel.send(output, source) == length;
    } catch (IOException | UnresolvedAddressException e) {
      return false;
    }
  }

  private void drop(TcpPeer peer) {
    peer.close();
    peers.remove(peer);
  }
}
