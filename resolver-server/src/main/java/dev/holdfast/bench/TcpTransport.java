package dev.holdfast.bench;

import dev.holdfast.wire.Header;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.Consumer;

/** Connections with many queries on the way in each (RFC 7766 §6.2.1.1). Confined to one thread. */
final class TcpTransport implements Transport {

  private static final int LENGTH_BYTES = 2;
  private static final int SEND_BYTES = 1 << 14;
  private static final int RECEIVE_BYTES = 1 << 17;
  private static final int MAX_QUERY_BYTES = 512;
  private static final int MAX_ANSWERS = RECEIVE_BYTES / (LENGTH_BYTES + Header.LENGTH);

  private final Selector selector;
  private final SocketChannel[] channels;
  private final ByteBuffer[] unsent;

  /** What came of a message that is not yet complete, per connection. */
  private final ByteBuffer[] partial;

  private final int[] ready;
  private final int[] lengths = new int[MAX_ANSWERS];
  private final int[] ids = new int[MAX_ANSWERS];
  private final int[] flags = new int[MAX_ANSWERS];
  private final Consumer<SelectionKey> noteReady = this::noteReady;
  private int readyCount;

  private TcpTransport(int connections) throws IOException {
    selector = Selector.open();
    channels = new SocketChannel[connections];
    unsent = new ByteBuffer[connections];
    partial = new ByteBuffer[connections];
    ready = new int[connections];
  }

  /** Connects to {@code server}, waiting for each connection. */
  static TcpTransport connect(InetSocketAddress server, int connections, List<InetAddress> sources)
      throws IOException {
    TcpTransport transport = new TcpTransport(connections);
    try {
      for (int i = 0; i < connections; i++) {
        SocketChannel channel = SocketChannel.open();
        transport.channels[i] = channel;
        if (!sources.isEmpty()) {
          channel.bind(new InetSocketAddress(sources.get(i % sources.size()), 0));
        }
        channel.connect(server);
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.register(transport.selector, SelectionKey.OP_READ, i);
        transport.unsent[i] = ByteBuffer.allocateDirect(SEND_BYTES);
        transport.partial[i] = ByteBuffer.allocateDirect(RECEIVE_BYTES / connections + (1 << 16));
      }
      return transport;
    } catch (IOException | RuntimeException e) {
      transport.close();
      throw e;
    }
  }

  @Override
  public int sockets() {
    return channels.length;
  }

  @Override
  public int room(int socket) {
    return unsent[socket].remaining() / (LENGTH_BYTES + MAX_QUERY_BYTES);
  }

  @Override
  public void add(int socket, byte[] bytes, int offset, int length, int id) {
    ByteBuffer buffer = unsent[socket];
    buffer.putShort((short) length).putShort((short) id);
    buffer.put(bytes, offset + Short.BYTES, length - Short.BYTES);
  }

  @Override
  public int flush(int socket) {
    ByteBuffer buffer = unsent[socket].flip();
    try {
      channels[socket].write(buffer);
    } catch (IOException e) {
      buffer.position(buffer.limit());
      buffer.compact();
      return 1;
    }
    buffer.compact();
    return 0;
  }

  @Override
  public int await(int timeoutMillis) {
    readyCount = 0;
    try {
      if (timeoutMillis == 0) {
        selector.selectNow(noteReady);
      } else {
        selector.select(noteReady, timeoutMillis);
      }
      flushAll();
    } catch (IOException e) {
      return 0;
    }
    return readyCount;
  }

  private void flushAll() {
    for (int i = 0; i < unsent.length; i++) {
      if (unsent[i].position() > 0) {
        flush(i);
      }
    }
  }

  private void noteReady(SelectionKey key) {
    ready[readyCount++] = (Integer) key.attachment();
  }

  @Override
  public int readySocket(int index) {
    return ready[index];
  }

  @Override
  public int receive(int socket) {
    ByteBuffer buffer = partial[socket];
    try {
      if (channels[socket].read(buffer) < 0) {
        throw new IOException("closed");
      }
    } catch (IOException e) {
      channels[socket].keyFor(selector).cancel();
      return -1;
    }
    buffer.flip();
    int count = 0;
    while (buffer.remaining() >= LENGTH_BYTES) {
      int position = buffer.position();
      int length = buffer.getShort(position) & 0xffff;
      if (buffer.remaining() < LENGTH_BYTES + length) {
        break;
      }
      int message = position + LENGTH_BYTES;
      lengths[count] = length;
      if (length >= Header.LENGTH) {
        ids[count] = buffer.getShort(message) & 0xffff;
        flags[count] = buffer.getShort(message + Header.FLAGS_OFFSET) & 0xffff;
      }
      buffer.position(message + length);
      count++;
      if (count == MAX_ANSWERS) {
        break;
      }
    }
    buffer.compact();
    return count;
  }

  @Override
  public int length(int index) {
    return lengths[index];
  }

  @Override
  public int id(int index) {
    return ids[index];
  }

  @Override
  public int flags(int index) {
    return flags[index];
  }

  @Override
  public void close() {
    try {
      selector.close();
      for (SocketChannel channel : channels) {
        if (channel != null) {
          channel.close();
        }
      }
    } catch (IOException e) {
      // Nothing is to be saved.
    }
  }
}
