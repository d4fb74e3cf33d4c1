package dev.holdfast.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ClientSocketsTest {

  private static final int MESSAGE_BYTES = 40;
  private static final byte[] APPENDIX = {1, 2, 3, 4};

  private final int[] failures = new int[1];

  @Test
  void echo_ofManySockets_answersEachWithItsOwn() throws Exception {
    try (DatagramEcho echo = echo(InetAddress.ofLiteral("127.0.0.1"))) {
      exchange(echo.localAddress(), List.of(InetAddress.ofLiteral("127.0.2.1")));
      exchange(echo.localAddress(), List.of());
    }
  }

  @Test
  void echo_overIpv6_answersToo() throws Exception {
    try (DatagramEcho echo = echo(InetAddress.ofLiteral("::1"))) {
      exchange(echo.localAddress(), List.of());
    }
  }

  private static DatagramEcho echo(InetAddress address) throws IOException {
    DatagramEcho echo = DatagramEcho.bind(new InetSocketAddress(address, 0));
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                echo.run(2, APPENDIX);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    return echo;
  }

  private void exchange(InetSocketAddress server, List<InetAddress> sources) throws IOException {
    int count = 3;
    int perSocket = ClientSockets.MAX_BATCH;
    try (ClientSockets sockets = ClientSockets.connect(server, count, sources)) {
      byte[] message = new byte[MESSAGE_BYTES];
      for (int socket = 0; socket < count; socket++) {
        for (int i = 0; i < perSocket; i++) {
          message[0] = (byte) socket;
          message[1] = (byte) i;
          sockets.add(message, 0, message.length);
        }
        int full = socket;
        Await.until("room in socket " + full, () -> sockets.flush(full, failures));
      }
      int received = 0;
      for (int tries = 0; received < count * perSocket && tries < 1000; tries++) {
        int ready = sockets.await(10);
        for (int i = 0; i < ready; i++) {
          received += check(sockets, sockets.readySocket(i));
        }
      }
      assertThat(received).isEqualTo(count * perSocket);
      assertThat(failures[0]).isZero();
    }
  }

  private static int check(ClientSockets sockets, int socket) {
    int count = sockets.receive(socket);
    for (int i = 0; i < count; i++) {
      assertThat(sockets.length(i)).isEqualTo(MESSAGE_BYTES + APPENDIX.length);
      assertThat(sockets.uint16(i, 0) >>> 8).isEqualTo(socket);
      assertThat(sockets.uint16(i, 2)).isEqualTo(0x8000);
    }
    return count;
  }
}
