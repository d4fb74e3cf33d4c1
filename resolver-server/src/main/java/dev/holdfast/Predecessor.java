package dev.holdfast;

import dev.holdfast.listener.InheritedSockets;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The process that serves until this one has taken its place. It shares its listening sockets, so
 * that nothing in their queues is lost, and once it is told to leave, its client connections.
 * Confined to one thread at a time.
 */
final class Predecessor implements AutoCloseable {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int END = -1;

  private final Socket socket;
  private final InheritedSockets sockets;

  private Predecessor(Socket socket) throws IOException {
    this.socket = socket;
    int count = receiveCount();
    List<FileDescriptor> descriptors = new ArrayList<>();
    while (descriptors.size() < count) {
      int descriptor = receiveDescriptor();
      if (descriptor == END) {
        throw new IOException("the running server gave " + descriptors.size() + " of " + count);
      }
      descriptors.add(new FileDescriptor(descriptor));
    }
    sockets = new InheritedSockets(descriptors);
  }

  /** Returns the server that runs with this state folder, with its sockets; null for none. */
  static @Nullable Predecessor find(Path stateDir) throws IOException {
    Path path = Handover.path(stateDir);
    if (!Files.exists(path)) {
      return null;
    }
    Socket socket = Socket.newSocketDomain();
    try {
      socket.connect(new DomainSocketAddress(path.toString()));
      return new Predecessor(socket);
    } catch (ConnectException gone) {
      socket.close();
      return null;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Its listening sockets, which it reads itself until {@link #replace}. */
  InheritedSockets sockets() {
    return sockets;
  }

  /** Tells it to leave everything to this process, and returns at once. */
  void replace() throws IOException {
    ByteBuffer message = ByteBuffer.allocateDirect(1).put(0, Handover.LEAVE);
    if (socket.send(message, 0, 1) != 1) {
      throw new IOException("the running server does not listen any more");
    }
  }

  /** Takes over its client connections until it has ended. */
  void follow(Consumer<FileDescriptor> connections) throws IOException {
    for (int next = receiveDescriptor(); next != END; next = receiveDescriptor()) {
      connections.accept(new FileDescriptor(next));
    }
  }

  private int receiveCount() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Short.BYTES);
    int received = 0;
    long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
    while (received < Short.BYTES) {
      int count = socket.recv(buffer, received, Short.BYTES);
      if (count < 0) {
        throw new IOException("the running server cannot hand its sockets over");
      }
      received += count;
      pause(count == 0, deadlineNanos);
    }
    return buffer.getShort(0);
  }

  private int receiveDescriptor() throws IOException {
    long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      int descriptor = socket.recvFd();
      if (descriptor != 0) {
        return descriptor;
      }
      pause(true, deadlineNanos);
    }
  }

  private static void pause(boolean wanted, long deadlineNanos) throws IOException {
    if (System.nanoTime() - deadlineNanos > 0) {
      throw new IOException("the running server does not answer");
    }
    if (wanted) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It notices the end of this process, too.
    }
  }
}
