package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The question by which a server finds out whether it answers. */
class WatchdogTest {

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int SHORT_MILLIS = 50;

  @TempDir Path folder;

  @Test
  void isAnswered_serverThatServes_isTrueWhateverItsUpstreamsDo() throws Exception {
    List<OptionSetting> options =
        Stream.of(
                "listen=0.0.0.0:0",
                "admin.listen=off",
                "upstreams=192.0.2.1",
                "access.allow=127.0.0.1",
                "state-dir=" + folder)
            .map(OptionSetting::set)
            .toList();
    try (Holdfast holdfast =
        Holdfast.start(new ConfigReader(Machine.local()).read(null, options), List.of())) {
      assertThat(watchdog(holdfast.addresses()).isAnswered(TIMEOUT_MILLIS)).isTrue();
    }
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void isAnswered_socketThatNobodyReads_isFalse() throws Exception {
    try (DatagramSocket deaf = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      InetSocketAddress address =
          new InetSocketAddress(deaf.getLocalAddress(), deaf.getLocalPort());

      assertThat(watchdog(List.of(address)).isAnswered(SHORT_MILLIS)).isFalse();
    }
  }

  @Test
  void isAnswered_nothingServed_isFalse() {
    assertThat(watchdog(List.of()).isAnswered(SHORT_MILLIS)).isFalse();
  }

  private static Watchdog watchdog(List<InetSocketAddress> served) {
    return Watchdog.start(ServiceManager.none(), () -> served);
  }
}
