package dev.holdfast.listener;

import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Listening sockets of another process, taken over instead of bound: what is in their queues is not
 * lost. Confined to the thread that binds.
 */
public final class InheritedSockets {

  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SOCK_DGRAM = 2;

  private final List<Inherited> sockets = new ArrayList<>();

  private record Inherited(
      FileDescriptor descriptor, boolean datagrams, InetSocketAddress address) {}

  /** Takes over descriptors of bound UDP and listening TCP sockets. */
  public InheritedSockets(List<FileDescriptor> descriptors) throws IOException {
    for (FileDescriptor descriptor : descriptors) {
      Socket socket = new Socket(descriptor.intValue());
      boolean datagrams = socket.getIntOpt(SOL_SOCKET, SO_TYPE) == SOCK_DGRAM;
      sockets.add(new Inherited(descriptor, datagrams, socket.localAddress()));
    }
  }

  /** No sockets: all are bound. */
  public static InheritedSockets none() {
    try {
      return new InheritedSockets(List.of());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns a socket of this address that nobody has taken yet, or null. */
  @Nullable FileDescriptor take(InetSocketAddress address, boolean datagrams) {
    Iterator<Inherited> all = sockets.iterator();
    while (all.hasNext()) {
      Inherited each = all.next();
      if (each.datagrams == datagrams && each.address.equals(address)) {
        all.remove();
        return each.descriptor;
      }
    }
    return null;
  }

  /** Closes this process's copies of sockets whose address is not served any more. */
  public void closeRest() {
    for (Inherited each : sockets) {
      try {
        each.descriptor.close();
      } catch (IOException e) {
        // Nothing hangs on it.
      }
    }
    sockets.clear();
  }
}
