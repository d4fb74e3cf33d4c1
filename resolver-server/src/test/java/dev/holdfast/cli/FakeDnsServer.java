package dev.holdfast.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** A DNS server on loopback that answers as a test says, over UDP and TCP on one port. */
final class FakeDnsServer implements AutoCloseable {

  private final ServerSocket tcp;
  private final DatagramSocket udp;

  /** Starts a server; each handler returns the messages that answer a query, in order. */
  FakeDnsServer(
      Function<byte[], List<byte[]>> udpHandler, Function<byte[], List<byte[]>> tcpHandler)
      throws IOException {
    tcp = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    udp = new DatagramSocket(tcp.getLocalPort(), InetAddress.getLoopbackAddress());
    start(() -> serveUdp(udpHandler));
    start(() -> serveTcp(tcpHandler));
  }

  /** A response to {@code query} with its question and nothing else, to be filled. */
  static Message response(byte[] query) {
    try {
      Message asked = new Message(query);
      Message response = new Message(asked.getHeader().getID());
      response.getHeader().setFlag(Flags.QR);
      response.getHeader().setFlag(Flags.RA);
      response.addRecord(asked.getQuestion(), Section.QUESTION);
      return response;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address() {
    InetSocketAddress address = (InetSocketAddress) tcp.getLocalSocketAddress();
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }

  private static void start(Runnable task) {
    Thread.ofVirtual().start(task);
  }

  private void serveUdp(Function<byte[], List<byte[]>> handler) {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    try {
      while (true) {
        packet.setLength(65_535);
        udp.receive(packet);
        byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
        for (byte[] reply : handler.apply(query)) {
          udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serveTcp(Function<byte[], List<byte[]>> handler) {
    try {
      while (true) {
        try (Socket client = tcp.accept()) {
          DataInputStream in = new DataInputStream(client.getInputStream());
          byte[] query = new byte[in.readUnsignedShort()];
          in.readFully(query);
          for (byte[] reply : handler.apply(query)) {
            byte[] framed =
                ByteBuffer.allocate(reply.length + 2)
                    .putShort((short) reply.length)
                    .put(reply)
                    .array();
            client.getOutputStream().write(framed);
          }
        }
      }
    } catch (IOException closed) {
      // the test is over
    }
  }
}
