package dev.holdfast;

import dev.holdfast.listener.Successor;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a process that is to take this one's place finds it: a unix socket in the state folder,
 * open to the same user alone. It gives the number of listening sockets and the sockets, waits for
 * the word to leave, and then gives client connections until this process ends. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures show on the channel.
final class Handover implements AutoCloseable {

  /** What the successor says when it serves. */
  static final byte LEAVE = 'L';

  /** Room for a path in an address (unix(7)). */
  private static final int MAX_PATH_BYTES = 107;

  private static final String FILE = "handover.sock";
  private static final Logger logger = LoggerFactory.getLogger(Handover.class);

  private final Channel listening;

  private Handover(Channel listening) {
    this.listening = listening;
  }

  /** Returns the socket of a server that keeps its state in a folder. */
  static Path path(Path stateDir) {
    return stateDir.resolve(FILE).toAbsolutePath();
  }

  /**
   * Waits for a successor; null where there can be none.
   *
   * @param descriptors the listening sockets of the moment
   * @param leave gets the successor that serves already; called once per successor, on a loop
   */
  static @Nullable Handover open(
      Path stateDir,
      EventLoopGroup loops,
      Supplier<List<FileDescriptor>> descriptors,
      Consumer<Heir> leave) {
    Path path = path(stateDir);
    Path bound = path.resolveSibling(FILE + "." + Long.toHexString(System.nanoTime()));
    if (descriptors.get().isEmpty()) {
      return null;
    }
    if (bound.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
      logger.warn("an upgrade without loss is not possible: {} cannot be used", path);
      return null;
    }
    if (!Files.isWritable(stateDir)) {
      logger.warn(
          "an upgrade without loss is not possible: {} is no folder that can be written to, choose"
              + " another one with --state-dir",
          stateDir);
      return null;
    }
    try {
      Channel channel =
          new ServerBootstrap()
              .group(loops)
              .channel(EpollServerDomainSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel child) throws IOException {
                      child.pipeline().addLast(new Heir(child, descriptors, leave));
                    }
                  })
              .bind(new DomainSocketAddress(bound.toString()))
              .syncUninterruptibly()
              .channel();
      Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
      /* Netty deletes what a channel was bound to, which must not be a successor's file. */
      Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
      return new Handover(channel);
    } catch (IOException | RuntimeException e) {
      logger.warn("an upgrade without loss is not possible: {}: {}", path, e.toString());
      return null;
    }
  }

  /** Waits for no successor any more. */
  @Override
  public void close() {
    listening.close().syncUninterruptibly();
  }

  /** A process that wants to take this one's place. */
  static final class Heir extends SimpleChannelInboundHandler<ByteBuf> implements Successor {

    private final Channel channel;
    private final Supplier<List<FileDescriptor>> descriptors;
    private final Consumer<Heir> leave;
    private final long pid;
    private boolean told;

    private Heir(
        EpollDomainSocketChannel channel,
        Supplier<List<FileDescriptor>> descriptors,
        Consumer<Heir> leave)
        throws IOException {
      this.channel = channel;
      this.pid = channel.peerCredentials().pid();
      this.descriptors = descriptors;
      this.leave = leave;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      List<FileDescriptor> sockets = descriptors.get();
      context.writeAndFlush(context.alloc().buffer(Short.BYTES).writeShort(sockets.size()));
      sockets.forEach(context::write);
      context.flush();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
      if (!told && message.isReadable() && message.readByte() == LEAVE) {
        told = true;
        leave.accept(this);
      }
    }

    @Override
    public void connection(FileDescriptor connected, Runnable sent) {
      channel.writeAndFlush(connected).addListener(done -> sent.run());
    }

    /** Its process; 0 when it is in another container. */
    long pid() {
      return pid;
    }

    @Override
    public String toString() {
      return pid > 0 ? "process " + pid : "a process of another container";
    }

    /** Lets the successor know that nothing more comes. */
    void close() {
      channel.close().syncUninterruptibly();
    }
  }
}
