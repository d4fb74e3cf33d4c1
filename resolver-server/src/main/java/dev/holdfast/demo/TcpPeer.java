package dev.holdfast.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection: messages with a two-byte length before each (RFC 1035 §4.2.2), any number in
 * flight. Confined to the upstream's thread.
 */
final class TcpPeer {

  static final int MAX_UNSENT_BYTES = 1 << 20;

  private static final int LENGTH_BYTES = 2;
  private static final int FIRST_OUTPUT_BYTES = 4096;

  private final SocketChannel channel;
  private final SelectionKey key;
  final InetSocketAddress source;
  private final ByteBuffer input = ByteBuffer.allocate(LENGTH_BYTES + 65_535);
  private ByteBuffer output = ByteBuffer.allocate(FIRST_OUTPUT_BYTES);

  TcpPeer(SocketChannel channel, SelectionKey key, InetSocketAddress source) {
    this.channel = channel;
    this.key = key;
    this.source = source;
  }

  /** Reads what is there; returns false when the connection is over. */
  boolean fill() {
    try {
      return channel.read(input) >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Takes the next whole message, or returns null. */
  byte @Nullable [] nextMessage() {
    if (input.position() < LENGTH_BYTES) {
      return null;
    }
    int length = input.getShort(0) & 0xffff;
    int end = LENGTH_BYTES + length;
    if (input.position() < end) {
      return null;
    }
    byte[] message = Arrays.copyOfRange(input.array(), LENGTH_BYTES, end);
    input.flip().position(end);
    input.compact();
    return message;
  }

  /** Appends a message; returns false when the peer does not read and too much is waiting. */
  boolean send(byte[] message, int length) {
    if (!key.isValid()) {
      return true;
    }
    int needed = LENGTH_BYTES + length;
    if (output.remaining() < needed) {
      int capacity = Math.max(output.capacity() * 2, output.position() + needed);
      if (capacity > MAX_UNSENT_BYTES) {
        return false;
      }
      output = ByteBuffer.allocate(capacity).put(output.flip());
    }
    output.putShort((short) length).put(message, 0, length);
    return flush();
  }

  /** Writes what the socket takes; returns false when the connection is over. */
  boolean flush() {
    try {
      output.flip();
      channel.write(output);
      output.compact();
    } catch (IOException e) {
      return false;
    }
    int interest = SelectionKey.OP_READ | (output.position() > 0 ? SelectionKey.OP_WRITE : 0);
    key.interestOps(interest);
    return true;
  }

  void close() {
    key.cancel();
    Sockets.closeQuietly(channel);
  }
}
