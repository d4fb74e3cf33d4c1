package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Await;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** A server that is told to stop while clients wait. */
class DrainTest {

  private static final int CLIENTS = 50;
  private static final long SLOW_MILLIS = 700;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"SLOW, 0", "SILENCE, 2"})
  void close_clientsWait_allAreAnswered(Breakage breakage, int rcode) throws Exception {
    List<Stub> stubs = new ArrayList<>();
    Zone zone = new Zone().set("*.example.org", "A", 300, "192.0.2.1");
    try (ScriptedUpstream upstream = ScriptedUpstream.start(zone);
        TestServer server =
            TestServer.asking(upstream.address(), folder, "limits.answer-deadline=2s")) {
      InetSocketAddress address = server.address();
      upstream.breakWith(breakage, SLOW_MILLIS);
      for (int i = 0; i < CLIENTS; i++) {
        Stub stub = server.stub();
        stubs.add(stub);
        stub.send(isStream(i), QueryBytes.of("n" + i / 2 + ".example.org", Type.A).build());
      }
      Await.until("all queries", () -> received(server) == CLIENTS);

      CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);

      for (int i = 0; i < CLIENTS; i++) {
        Message response = new Message(stubs.get(i).receive(isStream(i)));
        assertThat(response.getRcode()).isEqualTo(rcode);
        if (rcode == Rcode.NOERROR) {
          assertThat(Stub.answers(response)).containsExactly("192.0.2.1");
        }
      }
      closing.get(30, TimeUnit.SECONDS);
      assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
          .isInstanceOf(IOException.class);
    } finally {
      for (Stub stub : stubs) {
        stub.close();
      }
    }
  }

  private static boolean isStream(int client) {
    return client % 4 == 0;
  }

  private static long received(TestServer server) {
    return server.count(Counter.QUERIES_UDP) + server.count(Counter.QUERIES_TCP);
  }
}
