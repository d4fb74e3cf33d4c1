package dev.holdfast.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.datagram.Addresses;
import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.datagram.DatagramPeer;
import dev.holdfast.datagram.DatagramPort;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.TestKind;
import dev.holdfast.threats.Threat;
import io.netty.channel.DefaultEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UdpGuardTest {

  private static final InetSocketAddress LISTENING =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 53);

  private final DefaultEventLoop eventLoop = new DefaultEventLoop();
  private final LoopCounters counters = new LoopCounters();
  private final OwnSources ownSources = new OwnSources(new LocalAddresses(Set::of));
  private final UdpListener listener =
      new UdpListener(
          new ListenerLoop(eventLoop, new EchoResolver(), counters),
          DatagramKind.CHANNEL,
          ownSources,
          () -> 0);

  @AfterEach
  void stop() {
    eventLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Attack(value = Threat.REFLECTION_LOOP, kind = TestKind.PROCESS)
  @Test
  void handle_sourcePortZero_isNotAnswered() {
    assertThat(handle("192.0.2.7", 0)).isZero();
    assertThat(counters.get(Counter.UDP_SOURCE_PORT_ZERO)).isEqualTo(1);
  }

  @Attack(value = Threat.REFLECTION_LOOP, kind = TestKind.PROCESS)
  @Test
  void handle_ownListeningAddress_isNotAnswered() {
    ownSources.set(List.of(LISTENING));

    assertThat(handle("192.0.2.1", 53)).isZero();
    assertThat(counters.get(Counter.UDP_OWN_SOURCE)).isEqualTo(1);
    assertThat(handle("192.0.2.1", 54)).isPositive();
    assertThat(handle("192.0.2.7", 53)).isPositive();
  }

  private int handle(String sender, int port) {
    InetAddress address = InetAddress.ofLiteral(sender);
    DatagramPeer peer = new DatagramPeer();
    peer.setSender(Addresses.high(address), Addresses.low(address), port, 0);
    byte[] query = Messages.query(1, "echo");
    return listener.handle(new UnusedPort(), peer, query, query.length, new byte[65_535]);
  }

  private static final class UnusedPort implements DatagramPort {

    @Override
    public InetSocketAddress localAddress() {
      return LISTENING;
    }

    @Override
    public void send(DatagramPeer peer, byte[] message, int length) {
      throw new AssertionError("nothing is sent later");
    }

    @Override
    public void retire() {}

    @Override
    public void stopReading() {}

    @Override
    public void close() {}
  }
}
