package dev.holdfast.e2e;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A client with one connected UDP socket and one TCP connection to the server under test. Hands
 * over whatever comes, so that an answer to a query that deserves none shows. Confined to one
 * thread.
 */
final class Stub implements AutoCloseable {

  /** Far beyond the server's own deadline. */
  private static final int TIMEOUT_MILLIS = 20_000;

  private static final int MAX_MESSAGE_BYTES = 65_535;
  private static final int PAYLOAD_BYTES = 1232;

  private final InetSocketAddress server;
  private final DatagramSocket udp;
  private @Nullable Socket tcp;

  Stub(InetSocketAddress server) throws IOException {
    this(server, new DatagramSocket());
  }

  /** A client at an address of the machine. */
  static Stub at(String address, InetSocketAddress server) throws IOException {
    return at(address, 0, server);
  }

  /** A client at an address and port of the machine. */
  static Stub at(String address, int port, InetSocketAddress server) throws IOException {
    InetSocketAddress local = new InetSocketAddress(InetAddress.ofLiteral(address), port);
    return new Stub(server, new DatagramSocket(local));
  }

  private Stub(InetSocketAddress server, DatagramSocket udp) throws IOException {
    this.server = server;
    this.udp = udp;
    udp.setSoTimeout(TIMEOUT_MILLIS);
    udp.connect(server);
  }

  /** A client whose TCP connection is there already. */
  Stub(InetSocketAddress server, Socket connection) throws IOException {
    this(server);
    connection.setSoTimeout(TIMEOUT_MILLIS);
    tcp = connection;
  }

  /** Sends a query and returns the next message that comes. */
  byte[] ask(boolean stream, byte[] query) throws IOException {
    send(stream, query);
    return receive(stream);
  }

  /** Asks for an address, with EDNS over UDP. */
  Message ask(String name) throws IOException {
    return ask(name, Type.A);
  }

  /** Asks with EDNS over UDP. */
  Message ask(String name, int type) throws IOException {
    return new Message(ask(false, QueryBytes.of(name, type).edns(PAYLOAD_BYTES).build()));
  }

  void send(boolean stream, byte[] message) throws IOException {
    if (stream) {
      byte[] frame = new byte[message.length + 2];
      frame[0] = (byte) (message.length >>> 8);
      frame[1] = (byte) message.length;
      System.arraycopy(message, 0, frame, 2, message.length);
      connection().getOutputStream().write(frame);
    } else {
      udp.send(new DatagramPacket(message, message.length));
    }
  }

  byte[] receive(boolean stream) throws IOException {
    if (stream) {
      DataInputStream in = new DataInputStream(connection().getInputStream());
      byte[] message = new byte[in.readUnsignedShort()];
      in.readFully(message);
      return message;
    }
    DatagramPacket packet = new DatagramPacket(new byte[MAX_MESSAGE_BYTES], MAX_MESSAGE_BYTES);
    udp.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  /** The TCP connection, opened if there is none. */
  Socket connection() throws IOException {
    Socket open = tcp;
    if (open == null) {
      open = new Socket();
      tcp = open;
      open.setTcpNoDelay(true);
      open.setSoTimeout(TIMEOUT_MILLIS);
      open.bind(new InetSocketAddress(udp.getLocalAddress(), 0));
      open.connect(server, TIMEOUT_MILLIS);
    }
    return open;
  }

  /** Returns the data of the answer section, sorted. */
  static List<String> answers(Message response) {
    return response.getSection(Section.ANSWER).stream()
        .map(Record::rdataToString)
        .sorted()
        .toList();
  }

  /** Returns the codes of the extended errors. */
  static List<Integer> extendedErrors(Message response) {
    OPTRecord opt = response.getOPT();
    return opt == null
        ? List.of()
        : opt.getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR).stream()
            .map(option -> ((ExtendedErrorCodeOption) option).getErrorCode())
            .toList();
  }

  @Override
  public void close() throws IOException {
    udp.close();
    if (tcp != null) {
      tcp.close();
    }
  }
}
