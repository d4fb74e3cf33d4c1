package dev.holdfast.listener;

import static dev.holdfast.listener.ListenerFixture.at;
import static dev.holdfast.listener.ListenerFixture.await;
import static dev.holdfast.listener.ListenerFixture.receive;
import static dev.holdfast.listener.ListenerFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.StandardSocketOptions;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchedUdpListenerTest extends UdpListenerContract {

  private static final int BURST = 64;
  private static final int BURSTS_PER_ROUND = 200;
  private static final int MAX_ROUNDS = 50;

  BatchedUdpListenerTest() {
    super(DatagramKind.BATCHED);
  }

  @BeforeEach
  void needsEpoll() {
    assumeTrue(NativeTransport.current() == NativeTransport.EPOLL, "batches need epoll");
  }

  @Test
  void wildcard_queryToUnlistedLoopbackAddress_replyLeavesFromIt() throws Exception {
    try (ListenerFixture fixture = fixture(at("0.0.0.0"));
        DatagramSocket client = fixture.udpClient("127.0.0.2")) {
      send(client, Messages.query(1, "echo"));
      assertThat(receive(client)).isEqualTo(Messages.response(1, "echo"));

      send(client, Messages.query(2, "hold"));
      await(() -> fixture.heldCount() == 1, "the query");
      fixture.answerHeld(2, Messages.response(2, "late"));
      assertThat(receive(client)).isEqualTo(Messages.response(2, "late"));
    }
  }

  @Attack(Threat.REFLECTION_LOOP)
  @Test
  void wildcard_datagramFromOwnPort_isNotAnswered() throws Exception {
    try (ListenerFixture fixture = fixture(at("0.0.0.0"));
        DatagramSocket client = fixture.udpClient("127.0.0.1");
        DatagramSocket reflector = new DatagramSocket(null)) {
      reflector.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      reflector.bind(at("127.0.0.5", fixture.port()));
      byte[] query = Messages.query(1, "echo");
      reflector.send(new DatagramPacket(query, query.length, at("127.0.0.1", fixture.port())));
      fixture.awaitCount(Counter.UDP_OWN_SOURCE, 1);

      send(client, Messages.query(2, "echo"));
      assertThat(Messages.id(receive(client))).isEqualTo(2);
      assertThat(fixture.resolvers.getFirst().clients).hasSize(1);
    }
  }

  @Test
  void response_largestPossible_isSent() throws Exception {
    try (ListenerFixture fixture = fixture(at("127.0.0.1"));
        DatagramSocket client = fixture.udpClient("127.0.0.1")) {
      for (int id = 0; id < 6; id++) {
        send(client, Messages.query(id, "big"));
        assertThat(receive(client)).hasSize(ScriptedResolver.BIG_LENGTH);
      }
    }
  }

  @Test
  void queries_answeredAtOnce_allocateNothingOnceCompiled() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Callable<Long> allocated = threads::getCurrentThreadAllocatedBytes;
    try (ListenerFixture fixture = new ListenerFixture(at("127.0.0.1"), new EchoResolver());
        DatagramSocket client = fixture.udpClient("127.0.0.1")) {
      long bytesPerQuery = Long.MAX_VALUE;
      for (int round = 0; round < MAX_ROUNDS && bytesPerQuery > 0; round++) {
        long before = fixture.loops.getFirst().loop().submit(allocated).get();
        for (int i = 0; i < BURSTS_PER_ROUND; i++) {
          burst(client);
        }
        long after = fixture.loops.getFirst().loop().submit(allocated).get();
        bytesPerQuery = (after - before) / (BURSTS_PER_ROUND * BURST);
      }

      assertThat(bytesPerQuery).isZero();
    }
  }

  private static void burst(DatagramSocket client) throws Exception {
    for (int id = 0; id < BURST; id++) {
      send(client, Messages.query(id, "echo"));
    }
    for (int id = 0; id < BURST; id++) {
      receive(client);
    }
  }
}
