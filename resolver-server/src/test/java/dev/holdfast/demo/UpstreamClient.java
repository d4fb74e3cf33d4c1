package dev.holdfast.demo;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/** Asks an upstream over UDP and TCP as a resolver does. */
final class UpstreamClient implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 20_000;

  private final InetSocketAddress upstream;
  private final DatagramSocket datagrams;

  UpstreamClient(InetSocketAddress upstream) throws IOException {
    this.upstream = upstream;
    this.datagrams = new DatagramSocket();
    datagrams.connect(upstream);
    datagrams.setSoTimeout(PATIENCE_MILLIS);
  }

  int port() {
    return datagrams.getLocalPort();
  }

  /** The records that it asks for. */
  static Zone zone() {
    return new Zone()
        .apex("example.org.", 300)
        .set("www.example.org", "A", 60, "192.0.2.1")
        .set("big.example.org", "TXT", 60, texts(20));
  }

  Message ask(Message query) throws IOException {
    send(query.toWire());
    return new Message(receive());
  }

  Message askTcp(Message query) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(framed(query.toWire()));
      return readFrame(socket);
    }
  }

  void send(byte[] bytes) throws IOException {
    datagrams.send(new DatagramPacket(bytes, bytes.length));
  }

  byte[] receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    datagrams.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(upstream, PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  static Message readFrame(Socket socket) throws IOException {
    DataInputStream input = new DataInputStream(socket.getInputStream());
    return new Message(input.readNBytes(input.readUnsignedShort()));
  }

  static byte[] framed(byte[] message) {
    byte[] framed = new byte[message.length + 2];
    framed[0] = (byte) (message.length >>> 8);
    framed[1] = (byte) message.length;
    System.arraycopy(message, 0, framed, 2, message.length);
    return framed;
  }

  static Message query(String name, int type) throws IOException {
    return Message.newQuery(Record.newRecord(Name.fromString(name, Name.root), type, DClass.IN));
  }

  static int id(byte[] message) {
    return (message[0] & 0xff) << 8 | (message[1] & 0xff);
  }

  static String addressOf(Message message) {
    return message.getSection(Section.ANSWER).getFirst().rdataToString();
  }

  static SOARecord soaOf(Message message) {
    return (SOARecord) message.getSection(Section.AUTHORITY).getFirst();
  }

  private static String[] texts(int count) {
    String[] texts = new String[count];
    for (int i = 0; i < count; i++) {
      texts[i] = "\"" + i + "x".repeat(100) + "\"";
    }
    return texts;
  }

  @Override
  public void close() {
    datagrams.close();
  }
}
