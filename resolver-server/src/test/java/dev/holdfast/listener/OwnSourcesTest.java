package dev.holdfast.listener;

import static dev.holdfast.listener.ListenerFixture.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.datagram.Addresses;
import dev.holdfast.datagram.DatagramPeer;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnSourcesTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, 53, true",
    "192.0.2.1, 192.0.2.1, 54, false",
    "192.0.2.1, 192.0.2.2, 53, false",
    "0.0.0.0, 192.0.2.1, 53, true",
    "0.0.0.0, 192.0.2.9, 53, false",
    "0.0.0.0, 127.0.0.9, 53, true",
    "0.0.0.0, 2001:db8::1, 53, false",
    "0.0.0.0, ::1, 53, false",
    "::, 2001:db8::1, 53, true",
    "::, 2001:db8::9, 53, false",
    "::, ::1, 53, true",
    "::, 127.0.0.1, 53, false",
    "2001:db8::1, 2001:db8::1, 53, true",
  })
  void contains_sender_isOneOfTheListeningSockets(
      String listening, String sender, int port, boolean expected) {
    LocalAddresses localAddresses =
        new LocalAddresses(
            () -> Set.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1")));
    localAddresses.refresh();
    OwnSources sources = new OwnSources(localAddresses);
    sources.set(List.of(at(listening, 53)));
    InetAddress address = InetAddress.ofLiteral(sender);
    DatagramPeer peer = new DatagramPeer();
    peer.setSender(Addresses.high(address), Addresses.low(address), port, 0);

    assertThat(sources.contains(peer)).isEqualTo(expected);
    assertThat(sources.contains(at(sender, port))).isEqualTo(expected);
  }
}
