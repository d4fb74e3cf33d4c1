package dev.holdfast.cli;

import dev.holdfast.wire.Header;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.Message;

/**
 * Sends one query and waits for the response: over UDP, and over TCP when that was cut short.
 * Thread-safe.
 */
final class DnsClient {

  private static final int MAX_MESSAGE_LENGTH = 65_535;

  private final InetSocketAddress server;
  private final int timeoutMillis;

  /**
   * A response and how it came.
   *
   * @param truncated whether it was asked for again over TCP
   */
  record Response(
      Message message, int lengthBytes, boolean overTcp, boolean truncated, long elapsedNanos) {}

  DnsClient(InetSocketAddress server, int timeoutMillis) {
    this.server = server;
    this.timeoutMillis = timeoutMillis;
  }

  /**
   * Asks the server.
   *
   * @throws IOException whose message says what went wrong, {@link SocketTimeoutException} when
   *     nothing came in time
   */
  Response ask(byte[] query, boolean overTcp) throws IOException {
    long startNanos = System.nanoTime();
    byte[] message = overTcp ? askTcp(query) : askUdp(query);
    boolean truncated = !overTcp && (Header.uint16(message, Header.FLAGS_OFFSET) & Header.TC) != 0;
    if (truncated) {
      message = askTcp(query);
    }
    long elapsedNanos = System.nanoTime() - startNanos;
    return new Response(
        parse(message), message.length, overTcp || truncated, truncated, elapsedNanos);
  }

  private static Message parse(byte[] bytes) throws IOException {
    try {
      return new Message(bytes);
    } catch (IOException | RuntimeException e) {
      throw new IOException("a malformed message of " + bytes.length + " bytes came", e);
    }
  }

  private byte[] askUdp(byte[] query) throws IOException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      socket.send(new DatagramPacket(query, query.length));
      DatagramPacket packet = new DatagramPacket(new byte[MAX_MESSAGE_LENGTH], MAX_MESSAGE_LENGTH);
      while (true) {
        socket.setSoTimeout(millisUntil(deadlineNanos));
        packet.setLength(MAX_MESSAGE_LENGTH);
        socket.receive(packet);
        byte[] message = Arrays.copyOf(packet.getData(), packet.getLength());
        if (answers(message, query)) {
          return message;
        }
      }
    } catch (PortUnreachableException refused) {
      throw new IOException("nobody listens on UDP there", refused);
    }
  }

  private byte[] askTcp(byte[] query) throws IOException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    try (Socket socket = new Socket()) {
      socket.connect(server, timeoutMillis);
      byte[] framed = new byte[query.length + 2];
      Header.putUint16(framed, 0, query.length);
      System.arraycopy(query, 0, framed, 2, query.length);
      socket.getOutputStream().write(framed);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        socket.setSoTimeout(millisUntil(deadlineNanos));
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        if (answers(message, query)) {
          return message;
        }
      }
    }
  }

  private static int millisUntil(long deadlineNanos) throws SocketTimeoutException {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (millis <= 0) {
      throw new SocketTimeoutException();
    }
    return (int) millis;
  }

  private static boolean answers(byte[] message, byte[] query) {
    return message.length >= Header.LENGTH
        && Header.uint16(message, Header.ID_OFFSET) == Header.uint16(query, Header.ID_OFFSET)
        && (Header.uint16(message, Header.FLAGS_OFFSET) & Header.QR) != 0;
  }
}
