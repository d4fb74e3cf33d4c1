package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExchangeRandomnessTest {

  private static final int QUERIES = 20_000;
  private static final int IN_FLIGHT = 100;
  private static final int BINS = 64;
  private static final int FIRST_PORT = 1024;

  @Test
  @Attack(Threat.OFF_PATH_SPOOFING)
  void ask_manyQueries_idsAndPortsAreEvenlySpread() throws Exception {
    int[] ids = new int[BINS];
    Set<Integer> ports = new HashSet<>();
    Network network = Network.EPOLL_IPV4;
    try (RawServer server =
            RawServer.udp(
                network.loopback,
                (self, query, from) -> {
                  ids[Exchanges.id(query) * BINS / 65_536]++;
                  ports.add(((InetSocketAddress) from).getPort());
                  RawServer.echo(self, query, from);
                });
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Upstream upstream = server.upstream();
      for (int i = 0; i < QUERIES; i += IN_FLIGHT) {
        Outcome[] outcomes = new Outcome[IN_FLIGHT];
        for (int j = 0; j < IN_FLIGHT; j++) {
          outcomes[j] = fixture.ask(upstream, "www.example.org");
        }
        for (Outcome outcome : outcomes) {
          outcome.reply();
        }
      }
    }
    assertThat(ChiSquare.of(ids)).isLessThan(ChiSquare.generousBound(BINS));
    assertThat(ports).hasSizeBetween(QUERIES / 96, QUERIES / 32);
    int[] portBins = new int[BINS / 4];
    for (int port : ports) {
      portBins[(port - FIRST_PORT) * portBins.length / (65_536 - FIRST_PORT)]++;
    }
    assertThat(ChiSquare.of(portBins)).isLessThan(ChiSquare.generousBound(portBins.length));
  }
}
