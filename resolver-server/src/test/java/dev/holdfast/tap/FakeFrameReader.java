package dev.holdfast.tap;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Accepts one dnstap writer and keeps its frames. */
final class FakeFrameReader implements AutoCloseable {

  final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
  final BlockingQueue<Integer> controls = new LinkedBlockingQueue<>();

  private final ServerSocketChannel server;

  FakeFrameReader(Path socket) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform().daemon().start(this::serve);
  }

  byte @Nullable [] next() throws InterruptedException {
    return frames.poll(10, TimeUnit.SECONDS);
  }

  private void serve() {
    try (SocketChannel channel = server.accept()) {
      DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
      DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
      while (true) {
        int length = in.readInt();
        if (length != 0) {
          frames.add(in.readNBytes(length));
          continue;
        }
        byte[] control = in.readNBytes(in.readInt());
        controls.add((int) control[3]);
        if (control[3] == 4) {
          byte[] type = "protobuf:dnstap.Dnstap".getBytes(StandardCharsets.US_ASCII);
          out.writeInt(0);
          out.writeInt(12 + type.length);
          out.writeInt(1);
          out.writeInt(1);
          out.writeInt(type.length);
          out.write(type);
          out.flush();
        }
      }
    } catch (IOException e) {
      // the writer is gone
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
