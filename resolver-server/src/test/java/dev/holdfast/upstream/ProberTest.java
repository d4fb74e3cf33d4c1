package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.LoopCounters;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProberTest {

  private static final long RTT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Upstream upstream = TestUpstreams.upstream(53);
  private final Routes routes = new Routes(List.of(new Route(0, new byte[1], List.of(upstream))));
  private final List<Upstream> recovered = new ArrayList<>();
  private long nowNanos;

  @BeforeEach
  void start() {
    channel.freezeTime();
    new Prober(
            channel.eventLoop(),
            (asked, message, length, stream, timeoutNanos, handler) -> () -> {},
            new LoopCounters(),
            TestUpstreams.repeatableRandom(1),
            () -> nowNanos,
            () -> routes,
            recovered::add)
        .start();
  }

  @AfterEach
  void close() {
    channel.close().syncUninterruptibly();
  }

  @Test
  void tick_lossyUpstreamIsSteady_isToldOnce() {
    loseSome();
    pass();
    assertThat(recovered).isEmpty();

    reply(20);
    pass();
    pass();

    assertThat(recovered).containsExactly(upstream);
  }

  @Test
  void tick_lossyUpstreamLosesOn_isNotTold() {
    loseSome();
    pass();

    for (int i = 0; i < 20; i++) {
      reply(5);
      upstream.health().late();
      pass();
    }

    assertThat(recovered).isEmpty();
  }

  @Test
  void tick_fewLost_isNotTold() {
    reply(20);
    upstream.health().late();
    pass();
    reply(20);
    pass();

    assertThat(recovered).isEmpty();
  }

  private void loseSome() {
    for (int i = 0; i < 10; i++) {
      upstream.health().late();
    }
    reply(1);
  }

  private void reply(int times) {
    for (int i = 0; i < times; i++) {
      upstream.health().replied(RTT_NANOS, nowNanos);
    }
  }

  private void pass() {
    nowNanos += TimeUnit.MILLISECONDS.toNanos(60);
    channel.advanceTimeBy(60, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }
}
