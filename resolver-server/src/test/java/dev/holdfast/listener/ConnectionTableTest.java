package dev.holdfast.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionTableTest {

  private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress SECOND = InetAddress.ofLiteral("2001:db8::1");

  private final ConnectionTable table =
      new ConnectionTable(
          new TcpConfig(
              10, 6, 100, Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(5)));

  @Test
  void tryOpen_addressHasItsShare_isRefusedUntilOneCloses() {
    open(FIRST, 6);

    assertThat(table.tryOpen(FIRST)).isEqualTo(Counter.TCP_REFUSED_PER_ADDRESS);
    table.close(FIRST);
    assertThat(table.tryOpen(FIRST)).isNull();
  }

  @Test
  void tryOpen_allPlacesTaken_isRefusedUntilOneCloses() {
    open(FIRST, 6);
    open(SECOND, 4);

    assertThat(table.tryOpen(SECOND)).isEqualTo(Counter.TCP_REFUSED_FULL);
    table.close(FIRST);
    assertThat(table.tryOpen(SECOND)).isNull();
  }

  @Test
  void idleTimeout_tableFills_shrinksFromHalfOn() {
    assertThat(table.idleTimeoutNanos()).isEqualTo(Duration.ofSeconds(10).toNanos());
    open(FIRST, 5);
    assertThat(table.idleTimeoutNanos()).isEqualTo(Duration.ofSeconds(10).toNanos());
    open(SECOND, 2);
    assertThat(table.idleTimeoutNanos()).isEqualTo(Duration.ofSeconds(6).toNanos());
    open(SECOND, 3);
    assertThat(table.idleTimeoutNanos()).isEqualTo(Duration.ofMillis(500).toNanos());
  }

  private void open(InetAddress address, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(table.tryOpen(address)).isNull();
    }
  }
}
