package dev.holdfast.listener;

import dev.holdfast.Await;
import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.resolve.Resolver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Listeners on loopback with a scripted resolver per loop, and strict clients for them. */
final class ListenerFixture implements AutoCloseable {

  private static final int CLIENT_TIMEOUT_MILLIS = 10_000;

  final MultiThreadIoEventLoopGroup group;
  final List<ScriptedResolver> resolvers = new ArrayList<>();
  final List<LoopCounters> counters = new ArrayList<>();
  final List<ListenerLoop> loops = new ArrayList<>();
  final Listeners listeners;

  ListenerFixture(int loopCount, TcpConfig tcp, InetSocketAddress... addresses)
      throws ListenException {
    this(loopCount, null, tcp, addresses);
  }

  /** One loop with a resolver of the test's own. */
  ListenerFixture(InetSocketAddress address, Resolver resolver) throws ListenException {
    this(1, null, TcpConfig.DEFAULTS, List.of(address), resolver);
  }

  ListenerFixture(
      int loopCount, @Nullable DatagramKind kind, TcpConfig tcp, InetSocketAddress... addresses)
      throws ListenException {
    this(loopCount, kind, tcp, List.of(addresses), null);
  }

  private ListenerFixture(
      int loopCount,
      @Nullable DatagramKind kind,
      TcpConfig tcp,
      List<InetSocketAddress> addresses,
      @Nullable Resolver resolver)
      throws ListenException {
    group = new MultiThreadIoEventLoopGroup(loopCount, NativeTransport.current().ioHandler());
    for (int i = 0; i < loopCount; i++) {
      resolvers.add(new ScriptedResolver());
      counters.add(new LoopCounters());
      Resolver used = resolver == null ? resolvers.get(i) : resolver;
      loops.add(new ListenerLoop(group.next(), used, counters.get(i)));
    }
    try {
      listeners =
          kind == null
              ? Listeners.bind(addresses, loops, tcp, System::nanoTime)
              : Listeners.bind(
                  addresses, loops, kind, LocalAddresses.ofMachine(), tcp, System::nanoTime);
    } catch (Throwable t) {
      closeGroup();
      throw t;
    }
  }

  static InetSocketAddress at(String address) {
    return at(address, 0);
  }

  static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  int port() {
    return listeners.boundAddresses().getFirst().getPort();
  }

  /** A client that takes datagrams from the asked address alone. */
  DatagramSocket udpClient(String server) throws IOException {
    DatagramSocket socket = new DatagramSocket();
    socket.setSoTimeout(CLIENT_TIMEOUT_MILLIS);
    socket.connect(at(server, port()));
    return socket;
  }

  Socket tcpClient(String server) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(CLIENT_TIMEOUT_MILLIS);
    socket.connect(at(server, port()), CLIENT_TIMEOUT_MILLIS);
    return socket;
  }

  static void send(DatagramSocket socket, byte[] message) throws IOException {
    socket.send(new DatagramPacket(message, message.length));
  }

  static byte[] receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  long count(Counter counter) {
    return counters.stream().mapToLong(loop -> loop.get(counter)).sum();
  }

  void awaitCount(Counter counter, long expected) {
    await(() -> count(counter) >= expected, counter + " is " + count(counter));
  }

  /** Runs {@code task} on the loop of resolver {@code index}. */
  void onLoop(int index, Runnable task) {
    loops.get(index).loop().submit(task).syncUninterruptibly();
  }

  /** Waits for a query that asked to be held and answers it. */
  void answerHeld(int id, byte[] message) {
    for (int i = 0; i < resolvers.size(); i++) {
      var path = resolvers.get(i).held.remove(id);
      if (path != null) {
        onLoop(i, () -> path.reply(message, message.length));
        return;
      }
    }
    throw new AssertionError("no query " + id + " is waiting");
  }

  int heldCount() {
    return resolvers.stream().mapToInt(resolver -> resolver.held.size()).sum();
  }

  static void await(BooleanSupplier condition, String what) {
    Await.until(what, condition::getAsBoolean);
  }

  private void closeGroup() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Override
  public void close() {
    listeners.close();
    closeGroup();
  }
}
