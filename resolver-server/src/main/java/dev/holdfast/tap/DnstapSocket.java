package dev.holdfast.tap;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dnstap reader behind a unix socket, spoken to in bidirectional Frame Streams: READY, ACCEPT,
 * START, a frame per message, STOP. A reader that is not there or does not read is tried again
 * every second; meanwhile queries are dropped and counted. Confined to one thread.
 */
final class DnstapSocket implements Sink {

  private static final Logger logger = LoggerFactory.getLogger(DnstapSocket.class);

  private static final int CONTROL = 0;
  private static final int ACCEPT = 1;
  private static final int START = 2;
  private static final int STOP = 3;
  private static final int READY = 4;
  private static final int CONTENT_TYPE = 1;
  private static final byte[] DNSTAP = "protobuf:dnstap.Dnstap".getBytes(StandardCharsets.US_ASCII);

  private static final int BATCH_BYTES = 1 << 16;
  private static final int MAX_CONTROL_BYTES = 512;
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long TIMEOUT_MILLIS = 1000;

  private final Path path;
  private final DnstapMessage messages;
  private final LoopCounters counters;
  private final ByteSink frames = new ByteSink();
  private int waiting;
  private @Nullable SocketChannel channel;
  private @Nullable Selector selector;
  private long retryAtNanos = System.nanoTime();
  private boolean missed;

  DnstapSocket(Path path, DnstapMessage messages, LoopCounters counters) {
    this.path = path;
    this.messages = messages;
    this.counters = counters;
  }

  @Override
  public void write(TappedQuery query) {
    if (channel == null && !connect()) {
      counters.increment(Counter.DNSTAP_DROPPED);
      return;
    }
    frame(messages.encode(DnstapMessage.CLIENT_QUERY, query));
    frame(messages.encode(DnstapMessage.CLIENT_RESPONSE, query));
    waiting++;
    if (frames.length() >= BATCH_BYTES) {
      flush();
    }
  }

  @Override
  public void flush() {
    if (waiting == 0) {
      return;
    }
    try {
      send(frames);
      counters.add(Counter.DNSTAP_WRITTEN, waiting);
    } catch (IOException e) {
      lost(e);
    }
    waiting = 0;
    frames.clear();
  }

  @Override
  public void reopen() {}

  @Override
  public void close() {
    flush();
    if (channel != null) {
      try {
        send(control(STOP, /* contentType= */ false));
      } catch (IOException e) {
        logger.debug("the dnstap reader at {} is gone already", path, e);
      }
      disconnect();
    }
  }

  private boolean connect() {
    if (System.nanoTime() - retryAtNanos < 0) {
      return false;
    }
    try {
      SocketChannel opened = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel = opened;
      opened.connect(UnixDomainSocketAddress.of(path));
      opened.configureBlocking(false);
      selector = Selector.open();
      opened.register(selector, SelectionKey.OP_READ);
      send(control(READY, /* contentType= */ true));
      expectAccept(opened);
      send(control(START, /* contentType= */ true));
      logger.info("dnstap reader at {}: connected", path);
      missed = false;
      return true;
    } catch (IOException e) {
      lost(e);
      return false;
    }
  }

  private void lost(IOException reason) {
    disconnect();
    counters.add(Counter.DNSTAP_DROPPED, waiting);
    retryAtNanos = System.nanoTime() + RETRY_NANOS;
    if (!missed) {
      missed = true;
      logger
          .atWarn()
          .addKeyValue("event", "dnstap-lost")
          .log("dnstap reader at {}: {}; trying again every second", path, reason.getMessage());
    }
  }

  private void disconnect() {
    try {
      if (selector != null) {
        selector.close();
      }
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      logger.debug("closing {}", path, e);
    }
    selector = null;
    channel = null;
  }

  private void frame(ByteSink message) {
    frames.putInt(message.length());
    frames.put(message.bytes(), message.length());
  }

  private static ByteSink control(int type, boolean contentType) {
    ByteSink body = new ByteSink();
    body.putInt(type);
    if (contentType) {
      body.putInt(CONTENT_TYPE);
      body.putInt(DNSTAP.length);
      body.put(DNSTAP, DNSTAP.length);
    }
    ByteSink control = new ByteSink();
    control.putInt(CONTROL);
    control.putInt(body.length());
    control.put(body.bytes(), body.length());
    return control;
  }

  private void expectAccept(SocketChannel from) throws IOException {
    ByteBuffer prefix = read(from, 2 * Integer.BYTES);
    int escape = prefix.getInt();
    int length = prefix.getInt();
    if (escape != CONTROL || length < Integer.BYTES || length > MAX_CONTROL_BYTES) {
      throw new IOException("what listens there does not speak Frame Streams");
    }
    if (read(from, length).getInt() != ACCEPT) {
      throw new IOException("it does not accept dnstap");
    }
  }

  private ByteBuffer read(SocketChannel from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      int count = from.read(bytes);
      if (count < 0) {
        throw new IOException("it closed the connection");
      }
      if (count == 0) {
        await(SelectionKey.OP_READ);
      }
    }
    return bytes.flip();
  }

  private void send(ByteSink sink) throws IOException {
    SocketChannel to = channel;
    ByteBuffer bytes = ByteBuffer.wrap(sink.bytes(), 0, sink.length());
    while (to != null && bytes.hasRemaining()) {
      if (to.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  private void await(int operation) throws IOException {
    Selector waiter = selector;
    SocketChannel open = channel;
    if (waiter == null || open == null) {
      throw new IOException("not connected");
    }
    SelectionKey key = open.keyFor(waiter);
    key.interestOps(operation);
    if (waiter.select(TIMEOUT_MILLIS) == 0) {
      throw new IOException("it was silent for " + TIMEOUT_MILLIS + " ms");
    }
    waiter.selectedKeys().clear();
  }
}
