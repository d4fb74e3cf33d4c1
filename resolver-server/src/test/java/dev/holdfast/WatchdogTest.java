package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ServiceManagerTest.Manager;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The question by which a server finds out whether it answers. */
class WatchdogTest {

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int SHORT_MILLIS = 50;
  private static final String WATCHDOG_MICROS = "200000"; // asks four times as often
  private static final String ALIVE = "WATCHDOG=1";

  @TempDir Path folder;

  @Test
  void isAnswered_serverThatServes_isTrueWhateverItsUpstreamsDo() throws Exception {
    try (Holdfast holdfast = serving()) {
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

  @Attack(Threat.BROKEN_PROCESS)
  @EnabledOnOs(OS.LINUX)
  @Test
  void run_loopThatIsStuck_isSilentUntilItGoesOn() throws Exception {
    AtomicInteger turns = new AtomicInteger();
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    try (Holdfast holdfast = serving();
        Manager manager = new Manager(folder.resolve("notify").toString())) {
      Watchdog watchdog = watchdog(manager, holdfast, turns);
      try {
        Await.until("a sign of life", () -> manager.heard().equals(ALIVE));

        holdfast.onEachLoop(
            () -> {
              stuck.countDown();
              waitFor(released);
            });
        stuck.await();
        awaitTurn(turns, 2); // the one that may have been answered has ended
        Await.until("silence", () -> manager.heard().isEmpty());
        awaitTurn(turns, 3);
        assertThat(manager.heard()).isEmpty();

        released.countDown();
        Await.until("a sign of life", () -> manager.heard().equals(ALIVE));
      } finally {
        released.countDown();
        watchdog.close();
      }
    }
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void isAnswered_loopThatDied_isFalse() throws Exception {
    CompletableFuture<EventExecutor> loop = new CompletableFuture<>();
    try (Holdfast holdfast = serving()) {
      Watchdog watchdog = watchdog(holdfast.addresses());
      assertThat(watchdog.isAnswered(TIMEOUT_MILLIS)).isTrue();

      holdfast.onEachLoop(() -> loop.complete(ThreadExecutorMap.currentExecutor()));
      loop.get().shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();

      assertThat(watchdog.isAnswered(SHORT_MILLIS)).isFalse();
    }
  }

  @Test
  void isAnswered_nothingServed_isFalse() {
    assertThat(watchdog(List.of()).isAnswered(SHORT_MILLIS)).isFalse();
  }

  private Holdfast serving() throws Exception {
    List<OptionSetting> options =
        Stream.of(
                "listen=0.0.0.0:0",
                "threads=1",
                "admin.listen=off",
                "upstreams=192.0.2.1",
                "access.allow=127.0.0.1",
                "state-dir=" + folder)
            .map(OptionSetting::set)
            .toList();
    return Holdfast.start(new ConfigReader(Machine.local()).read(null, options), List.of());
  }

  /** A watchdog that runs and counts its turns. */
  private static Watchdog watchdog(Manager manager, Holdfast holdfast, AtomicInteger turns) {
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", WATCHDOG_MICROS);
    return Watchdog.start(
        ServiceManager.of(environment),
        () -> {
          turns.incrementAndGet();
          return holdfast.addresses();
        });
  }

  private static void awaitTurn(AtomicInteger turns, int more) throws Exception {
    int wanted = turns.get() + more;
    Await.until("a turn", () -> turns.get() >= wanted);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Watchdog watchdog(List<InetSocketAddress> served) {
    return Watchdog.start(ServiceManager.none(), () -> served);
  }
}
