package dev.holdfast.listener;

import static dev.holdfast.listener.ListenerFixture.at;
import static dev.holdfast.listener.ListenerFixture.await;
import static dev.holdfast.listener.ListenerFixture.receive;
import static dev.holdfast.listener.ListenerFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.FreePort;
import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.metrics.Counter;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ListenersTest {

  private static final int LOOPS = 2;

  @Test
  void bind_portZero_isOnePortForUdpAndTcpOnEveryLoop() throws Exception {
    try (ListenerFixture fixture =
            new ListenerFixture(LOOPS, TcpConfig.DEFAULTS, at("127.0.0.1"), at("::1"));
        Socket tcp = fixture.tcpClient("127.0.0.1")) {
      assertThat(fixture.listeners.boundAddresses()).hasSize(2);
      assertThat(fixture.listeners.boundAddresses()).noneMatch(bound -> bound.getPort() == 0);
      assertThat(tcp.isConnected()).isTrue();
    }
  }

  @Test
  void bind_severalLoops_eachServesItsShareOfTheClients() throws Exception {
    assumeTrue(NativeTransport.current() == NativeTransport.EPOLL, "loops share no socket");
    int clients = 64;
    List<AutoCloseable> open = new ArrayList<>();
    try (ListenerFixture fixture =
        new ListenerFixture(LOOPS, TcpConfig.DEFAULTS, at("127.0.0.1"))) {
      for (int id = 0; id < clients; id++) {
        DatagramSocket udp = fixture.udpClient("127.0.0.1");
        open.add(udp);
        send(udp, Messages.query(id, "echo"));
        assertThat(Messages.id(receive(udp))).isEqualTo(id);
        Socket tcp = fixture.tcpClient("127.0.0.1");
        open.add(tcp);
      }

      fixture.awaitCount(Counter.TCP_CONNECTIONS_OPENED, clients);
      assertThat(fixture.count(Counter.QUERIES_UDP)).isEqualTo(clients);
      assertThat(fixture.counters)
          .allMatch(loop -> loop.get(Counter.QUERIES_UDP) > 0)
          .allMatch(loop -> loop.get(Counter.TCP_CONNECTIONS_OPENED) > 0);
    } finally {
      for (AutoCloseable client : open) {
        client.close();
      }
    }
  }

  @Test
  void bind_secondServerOnSameAddress_sharesIt() throws Exception {
    assumeTrue(NativeTransport.current() == NativeTransport.EPOLL, "needs SO_REUSEPORT");
    try (ListenerFixture first = new ListenerFixture(1, TcpConfig.DEFAULTS, at("127.0.0.1"));
        ListenerFixture second =
            new ListenerFixture(1, TcpConfig.DEFAULTS, at("127.0.0.1", first.port()))) {
      assertThat(second.port()).isEqualTo(first.port());
    }
  }

  @Test
  void bind_udpPortTaken_saysSoAndLeavesNothingBound() throws Exception {
    int freePort = FreePort.find();
    try (DatagramSocket taken = new DatagramSocket(at("127.0.0.1"))) {

      assertThatThrownBy(
              () ->
                  new ListenerFixture(
                          LOOPS,
                          TcpConfig.DEFAULTS,
                          at("127.0.0.2", freePort),
                          at("127.0.0.1", taken.getLocalPort()),
                          at("192.0.2.1", freePort))
                      .close())
          .isInstanceOf(ListenException.class)
          .hasMessageContaining(
              "cannot listen on 127.0.0.1:%d (UDP): address in use", taken.getLocalPort())
          .hasMessageContaining(
              "cannot listen on 192.0.2.1:%d (UDP): no interface of this machine", freePort);

      new DatagramSocket(at("127.0.0.2", freePort)).close();
      new ServerSocket(freePort, 1, at("127.0.0.2").getAddress()).close();
    }
  }

  @Test
  void bind_tcpPortTaken_saysSo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, at("127.0.0.1").getAddress())) {
      assertThatThrownBy(
              () ->
                  new ListenerFixture(1, TcpConfig.DEFAULTS, at("127.0.0.1", taken.getLocalPort()))
                      .close())
          .isInstanceOf(ListenException.class)
          .hasMessageStartingWith(
              "cannot listen on 127.0.0.1:%d (TCP): address in use", taken.getLocalPort());
    }
  }

  @Test
  void stopReading_queryWaiting_isAnsweredButNoNewOneTaken() throws Exception {
    try (ListenerFixture fixture = new ListenerFixture(1, TcpConfig.DEFAULTS, at("127.0.0.1"));
        DatagramSocket udp = fixture.udpClient("127.0.0.1");
        DatagramSocket lateUdp = fixture.udpClient("127.0.0.1");
        Socket tcp = fixture.tcpClient("127.0.0.1")) {
      send(udp, Messages.query(1, "hold"));
      TcpListenerTest.send(tcp, Messages.frame(Messages.query(2, "hold")));
      await(() -> fixture.heldCount() == 2, "both queries");

      fixture.listeners.stopReading();
      send(lateUdp, Messages.query(3, "echo"));
      fixture.answerHeld(1, Messages.response(1, "late"));
      fixture.answerHeld(2, Messages.response(2, "late"));

      assertThat(Messages.id(receive(udp))).isEqualTo(1);
      assertThat(Messages.id(TcpListenerTest.receive(tcp))).isEqualTo(2);
      assertThat(tcp.getInputStream().read()).isEqualTo(-1);
      assertThat(fixture.count(Counter.QUERIES_UDP)).isEqualTo(1);
      assertThatThrownBy(() -> receive(lateUdp)).isInstanceOf(PortUnreachableException.class);
      assertThatThrownBy(() -> fixture.tcpClient("127.0.0.1").close())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void close_heldReply_goesNowhere() throws Exception {
    try (ListenerFixture fixture = new ListenerFixture(1, TcpConfig.DEFAULTS, at("127.0.0.1"));
        DatagramSocket udp = fixture.udpClient("127.0.0.1");
        Socket tcp = fixture.tcpClient("127.0.0.1")) {
      send(udp, Messages.query(1, "hold"));
      TcpListenerTest.send(tcp, Messages.frame(Messages.query(2, "hold")));
      await(() -> fixture.heldCount() == 2, "both queries");

      fixture.listeners.close();
      fixture.answerHeld(1, Messages.response(1, "late"));
      fixture.answerHeld(2, Messages.response(2, "late"));

      assertThat(tcp.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void rescan_addressesComeAndGo_socketsFollow() throws Exception {
    AtomicReference<Set<InetAddress>> present =
        new AtomicReference<>(Set.of(InetAddress.ofLiteral("127.0.0.1")));
    try (ListenerFixture loops = new ListenerFixture(1, TcpConfig.DEFAULTS, at("127.0.0.9"));
        Listeners listeners =
            Listeners.bind(
                List.of(at("0.0.0.0")),
                loops.loops,
                DatagramKind.CHANNEL,
                new LocalAddresses(present::get),
                TcpConfig.DEFAULTS,
                System::nanoTime)) {
      int port = listeners.boundAddresses().getFirst().getPort();
      new DatagramSocket(at("127.0.0.2", port)).close();

      present.set(Set.of(InetAddress.ofLiteral("127.0.0.2")));
      listeners.rescan();

      try (DatagramSocket client = new DatagramSocket()) {
        client.connect(at("127.0.0.2", port));
        send(client, Messages.query(2, "echo"));
        assertThat(Messages.id(receive(client))).isEqualTo(2);
      }
      new DatagramSocket(at("127.0.0.1", port)).close();
    }
  }
}
