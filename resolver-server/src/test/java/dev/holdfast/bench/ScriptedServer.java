package dev.holdfast.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** A server on loopback that answers as a test says, over UDP and TCP on one port. */
final class ScriptedServer implements AutoCloseable {

  private final ServerSocket tcp;
  private final DatagramSocket udp;
  private final Script script;
  private int asked;

  /** Returns the messages that answer a query, the first being number 0. */
  interface Script {
    List<byte[]> answer(int number, byte[] query);
  }

  ScriptedServer(Script script) throws IOException {
    this.script = script;
    tcp = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    udp = new DatagramSocket(tcp.getLocalPort(), InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::serveUdp);
    Thread.ofPlatform().daemon().start(this::serveTcp);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) tcp.getLocalSocketAddress();
  }

  /** The answer to a query that says no more than an rcode. */
  static byte[] answer(byte[] query, int rcode) {
    byte[] answer = query.clone();
    answer[2] |= (byte) 0x80;
    answer[3] = (byte) rcode;
    return answer;
  }

  /** The same answer under another id. */
  static byte[] withId(byte[] answer, int id) {
    byte[] other = answer.clone();
    ByteBuffer.wrap(other).putShort(0, (short) id);
    return other;
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }

  private synchronized List<byte[]> next(byte[] query) {
    return script.answer(asked++, query);
  }

  private void serveUdp() {
    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
    try {
      while (true) {
        packet.setLength(4096);
        udp.receive(packet);
        for (byte[] reply : next(Arrays.copyOf(packet.getData(), packet.getLength()))) {
          udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serveTcp() {
    try {
      while (true) {
        Socket client = tcp.accept();
        Thread.ofPlatform().daemon().start(() -> serve(client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      while (true) {
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        for (byte[] reply : next(query)) {
          ByteBuffer framed = ByteBuffer.allocate(reply.length + 2);
          framed.putShort((short) reply.length).put(reply);
          client.getOutputStream().write(framed.array());
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }
}
