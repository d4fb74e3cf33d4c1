package dev.holdfast.listener;

import dev.holdfast.datagram.Addresses;
import dev.holdfast.metrics.Counter;
import dev.holdfast.resolve.Client;
import dev.holdfast.resolve.ReplyPath;
import dev.holdfast.wire.Header;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client connection: frames with a two-byte length in, responses out in whatever order they are
 * found (RFC 7766 §6.2.1.1). A client that has shut down its side still gets its answers. Confined
 * to one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures show on the channel.
final class TcpConnection extends ChannelInboundHandlerAdapter implements Client {

  /** Far beyond the time a resolver needs for an answer. */
  private static final long ANSWER_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final int PREFIX_LENGTH = 2;

  private final TcpListener listener;
  private final Channel channel;
  private final long addressHigh;
  private final long addressLow;
  private final int port;
  private final ChannelFutureListener onSent;

  private @Nullable ByteBuf unread;
  private boolean taking;
  private boolean queried;
  private boolean inputEnded;
  private int inFlight;
  private int unsent;
  private long activeNanos;
  private long sendingSinceNanos;
  private int answeredAtOnce;

  TcpConnection(TcpListener listener, Channel channel, InetSocketAddress client) {
    this.listener = listener;
    this.channel = channel;
    this.addressHigh = Addresses.high(client.getAddress());
    this.addressLow = Addresses.low(client.getAddress());
    this.port = client.getPort();
    this.onSent = future -> sent(future.isSuccess());
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    activeNanos = listener.nowNanos();
    listener.opened(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (unread != null) {
      unread.release();
      unread = null;
    }
    listener.closed(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf read = (ByteBuf) message;
    if (inputEnded) {
      read.release();
      return;
    }
    if (unread == null) {
      unread = read;
    } else {
      unread.discardReadBytes().writeBytes(read);
      read.release();
    }
    takeQueries();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      takeQueries();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      takeQueriesLater();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      listener.failures().record(cause);
    }
    close();
  }

  /** Takes no more queries and closes once those at hand are answered. */
  void stopReading() {
    inputEnded = true;
    dropUnread();
    takeQueries();
  }

  /** Lets another process go on with this connection, if nothing of it is left here. */
  void handOver(Successor successor) {
    boolean atRest = inFlight == 0 && unsent == 0 && unread == null && !inputEnded;
    if (atRest && channel.isActive() && channel instanceof UnixChannel unix) {
      inputEnded = true;
      channel.config().setAutoRead(false);
      channel
          .deregister()
          .addListener(
              done ->
                  successor.connection(
                      unix.fd(), () -> channel.eventLoop().execute(this::handedOver)));
    }
  }

  /** Closes this process's copy; a channel without a loop tells nobody when it closes. */
  private void handedOver() {
    listener.closed(this);
    close();
  }

  void close() {
    channel.close();
  }

  /** Returns the counter of the deadline that this connection has missed, or null. */
  @Nullable Counter overdue(long nowNanos, long idleNanos) {
    if (unsent > 0) {
      boolean stuck =
          nowNanos - sendingSinceNanos > listener.config().unwritableTimeout().toNanos();
      return stuck ? Counter.TCP_UNWRITABLE_TIMEOUTS : null;
    }
    long quietNanos = nowNanos - activeNanos;
    if (inFlight > 0) {
      return quietNanos > ANSWER_TIMEOUT_NANOS ? Counter.TCP_ANSWER_TIMEOUTS : null;
    }
    if (!queried) {
      boolean late = quietNanos > listener.config().firstQueryTimeout().toNanos();
      return late ? Counter.TCP_FIRST_QUERY_TIMEOUTS : null;
    }
    return quietNanos > idleNanos ? Counter.TCP_IDLE_TIMEOUTS : null;
  }

  private void takeQueries() {
    if (taking || !channel.isActive()) {
      return;
    }
    taking = true;
    answeredAtOnce = 0;
    long nowNanos = listener.nowNanos();
    try {
      while (mayTake() && takeQuery(nowNanos)) {}
    } finally {
      taking = false;
    }
    if (unread != null && !unread.isReadable()) {
      dropUnread();
    }
    channel.flush();
    if (answeredAtOnce > 0) {
      listener.loop().counters().hits().record(listener.nowNanos() - nowNanos, answeredAtOnce);
    }
    readOnOrNot();
    closeWhenDone();
  }

  /** Off the caller's stack, where another query may be using the shared buffers. */
  private void takeQueriesLater() {
    if (unread != null || !channel.config().isAutoRead()) {
      channel.eventLoop().execute(this::takeQueries);
    }
  }

  private boolean mayTake() {
    return inFlight < listener.config().maxPipelined() && channel.isWritable();
  }

  private boolean takeQuery(long nowNanos) {
    ByteBuf bytes = unread;
    if (bytes == null || !startsWithFrame(bytes)) {
      return false;
    }
    int length = bytes.readUnsignedShort();
    if (length < Header.LENGTH) {
      listener.loop().counters().increment(Counter.TCP_BAD_FRAMES);
      channel.flush();
      close();
      return false;
    }
    bytes.readBytes(listener.query(), 0, length);
    queried = true;
    activeNanos = nowNanos;
    int responseLength = listener.resolve(length, this, nowNanos);
    if (responseLength > 0) {
      answeredAtOnce++;
      write(listener.response(), responseLength);
    }
    return channel.isActive();
  }

  /** Whether a whole frame is there, or a length that is too short for a message. */
  private static boolean startsWithFrame(ByteBuf bytes) {
    int readable = bytes.readableBytes();
    if (readable < PREFIX_LENGTH) {
      return false;
    }
    int length = bytes.getUnsignedShort(bytes.readerIndex());
    return length < Header.LENGTH || readable >= PREFIX_LENGTH + length;
  }

  private void readOnOrNot() {
    boolean readOn = mayTake();
    if (!inputEnded && channel.config().isAutoRead() != readOn) {
      if (!readOn && inFlight >= listener.config().maxPipelined()) {
        listener.loop().counters().increment(Counter.TCP_PIPELINE_FULL);
      }
      channel.config().setAutoRead(readOn);
    }
  }

  private void write(byte[] message, int length) {
    ByteBuf frame = channel.alloc().directBuffer(PREFIX_LENGTH + length);
    frame.writeShort(length).writeBytes(message, 0, length);
    if (unsent == 0) {
      sendingSinceNanos = listener.nowNanos();
    }
    unsent++;
    channel.write(frame).addListener(onSent);
  }

  private void sent(boolean success) {
    unsent--;
    sendingSinceNanos = listener.nowNanos();
    activeNanos = sendingSinceNanos;
    if (!success) {
      close();
    } else if (!taking) {
      closeWhenDone();
    }
  }

  private void answered(byte[] message, int length) {
    inFlight--;
    if (!channel.isActive()) {
      return;
    }
    if (length > 0) {
      write(message, length);
    }
    if (!taking) {
      channel.flush();
      takeQueriesLater();
      closeWhenDone();
    }
  }

  private void closeWhenDone() {
    if (inputEnded
        && inFlight == 0
        && unsent == 0
        && (unread == null || !startsWithFrame(unread))) {
      close();
    }
  }

  private void dropUnread() {
    if (unread != null) {
      unread.release();
      unread = null;
    }
  }

  @Override
  public boolean stream() {
    return true;
  }

  @Override
  public long addressHigh() {
    return addressHigh;
  }

  @Override
  public long addressLow() {
    return addressLow;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public ReplyPath detach() {
    inFlight++;
    return new TcpReplyPath(this);
  }

  /** Gives one answer to a waiting query. */
  private static final class TcpReplyPath implements ReplyPath {

    private final TcpConnection connection;
    private boolean used;

    TcpReplyPath(TcpConnection connection) {
      this.connection = connection;
    }

    @Override
    public void reply(byte[] message, int length) {
      if (!used) {
        used = true;
        connection.answered(message, length);
      }
    }
  }
}
