package dev.holdfast.upstream;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An upstream on loopback, UDP and TCP on one port, that does what a test's scripts say. */
final class RawServer implements AutoCloseable {

  /** What to do with a datagram. */
  interface DatagramScript {
    void received(RawServer server, byte[] query, SocketAddress from) throws IOException;
  }

  /** What to do with a connection; it is closed when the script returns. */
  interface ConnectionScript {
    void connected(Connection connection) throws IOException;
  }

  private static final int BIND_ATTEMPTS = 20;

  private final DatagramSocket datagrams;
  private final ServerSocket acceptor;
  private final List<Socket> accepted = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  RawServer(InetAddress address, DatagramScript datagramScript, ConnectionScript connectionScript)
      throws IOException {
    Sockets sockets = Sockets.open(address);
    this.acceptor = sockets.acceptor();
    this.datagrams = sockets.datagrams();
    datagrams.setReceiveBufferSize(1 << 20);
    Thread.ofPlatform().daemon().start(() -> serveDatagrams(datagramScript));
    Thread.ofPlatform().daemon().start(() -> accept(connectionScript));
  }

  /** A server that answers over UDP only. */
  static RawServer udp(InetAddress address, DatagramScript script) throws IOException {
    return new RawServer(address, script, connection -> {});
  }

  /** A server that answers over TCP only. */
  static RawServer tcp(InetAddress address, ConnectionScript script) throws IOException {
    return new RawServer(address, (server, query, from) -> {}, script);
  }

  /** Does so on the first connection and answers every query on the others. */
  static ConnectionScript onTheFirst(ConnectionScript script) {
    AtomicBoolean first = new AtomicBoolean(true);
    return connection -> {
      if (first.getAndSet(false)) {
        script.connected(connection);
      } else {
        connection.echo();
      }
    };
  }

  /** Answers every query at once. */
  static void echo(RawServer server, byte[] query, SocketAddress from) throws IOException {
    server.send(Exchanges.response(query), from);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) acceptor.getLocalSocketAddress();
  }

  Upstream upstream() {
    return new Upstream(new UpstreamSpec(address(), false));
  }

  Upstream tcpUpstream() {
    return new Upstream(new UpstreamSpec(address(), true));
  }

  /** Connections accepted so far. */
  int connections() {
    return connections.get();
  }

  /** Where the last connection accepted comes from. */
  InetSocketAddress lastClient() {
    return (InetSocketAddress) accepted.getLast().getRemoteSocketAddress();
  }

  void send(byte[] reply, SocketAddress to) throws IOException {
    datagrams.send(new DatagramPacket(reply, reply.length, to));
  }

  private void serveDatagrams(DatagramScript script) {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    try {
      while (true) {
        datagrams.receive(packet);
        byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
        script.received(this, query, packet.getSocketAddress());
      }
    } catch (IOException closed) {
      datagrams.close();
    }
  }

  private void accept(ConnectionScript script) {
    try {
      while (true) {
        Socket socket = acceptor.accept();
        accepted.add(socket);
        connections.incrementAndGet();
        Thread.ofPlatform().daemon().start(() -> serve(script, socket));
      }
    } catch (IOException closed) {
      accepted.forEach(RawServer::close);
    }
  }

  private static void serve(ConnectionScript script, Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      script.connected(new Connection(socket));
    } catch (IOException closed) {
      close(socket);
    }
  }

  private static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    datagrams.close();
    close(acceptor);
    accepted.forEach(RawServer::close);
  }

  private record Sockets(ServerSocket acceptor, DatagramSocket datagrams) {

    /** Opens both on a port that is free for both. */
    static Sockets open(InetAddress address) throws IOException {
      for (int attempt = 1; ; attempt++) {
        ServerSocket acceptor = new ServerSocket(0, 50, address);
        try {
          return new Sockets(acceptor, new DatagramSocket(acceptor.getLocalSocketAddress()));
        } catch (IOException taken) {
          acceptor.close();
          if (attempt == BIND_ATTEMPTS) {
            throw taken;
          }
        }
      }
    }
  }

  /** One accepted connection. */
  static final class Connection {

    private final Socket socket;
    private final DataInputStream in;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new DataInputStream(socket.getInputStream());
    }

    /** Returns the next query; null at the end of the stream. */
    byte @Nullable [] read() throws IOException {
      try {
        return in.readNBytes(in.readUnsignedShort());
      } catch (EOFException end) {
        return null;
      }
    }

    /** Returns the next {@code count} queries. */
    List<byte[]> read(int count) throws IOException {
      List<byte[]> queries = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] query = read();
        if (query == null) {
          throw new EOFException();
        }
        queries.add(query);
      }
      return queries;
    }

    /** Answers every query at once until the stream ends. */
    void echo() throws IOException {
      for (byte[] query = read(); query != null; query = read()) {
        write(frame(Exchanges.response(query)));
      }
    }

    /** Reads until the stream ends. */
    void swallow() throws IOException {
      in.transferTo(OutputStream.nullOutputStream());
    }

    void write(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }
  }

  /** The message behind its length. */
  static byte[] frame(byte[] message) {
    return ByteBuffer.allocate(2 + message.length)
        .putShort((short) message.length)
        .put(message)
        .array();
  }
}
