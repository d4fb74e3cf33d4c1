package dev.holdfast.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.resolve.ReplyPath;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpConnectionTest {

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final ScriptedResolver resolver = new ScriptedResolver();
  private final ConnectionTable table = new ConnectionTable(TcpConfig.DEFAULTS);
  private long nowNanos = TimeUnit.DAYS.toNanos(1);
  private final TcpConnection connection =
      new TcpConnection(
          new TcpListener(
              new ListenerLoop(channel.eventLoop(), resolver, new LoopCounters()),
              TcpConfig.DEFAULTS,
              table,
              () -> nowNanos),
          channel,
          new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 5353));

  TcpConnectionTest() {
    channel.pipeline().addLast(connection);
    connection.channelActive(channel.pipeline().firstContext());
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void overdue_noQueryYet_afterFirstQueryTimeout() {
    pass(Duration.ofSeconds(3));
    assertThat(overdue()).isNull();
    pass(Duration.ofMillis(1));
    assertThat(overdue()).isEqualTo(Counter.TCP_FIRST_QUERY_TIMEOUTS);
  }

  @Test
  void overdue_partOfAQuery_doesNotCountAsActivity() {
    pass(Duration.ofSeconds(2));
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 40, 1, 2, 3}));
    pass(Duration.ofSeconds(2));

    assertThat(overdue()).isEqualTo(Counter.TCP_FIRST_QUERY_TIMEOUTS);
  }

  @Test
  void overdue_answered_afterIdleTimeout() {
    pass(Duration.ofSeconds(2));
    query(1, "echo");
    pass(Duration.ofSeconds(10));
    assertThat(overdue()).isNull();
    pass(Duration.ofMillis(1));
    assertThat(overdue()).isEqualTo(Counter.TCP_IDLE_TIMEOUTS);
  }

  @Test
  void overdue_queryWaits_isNotIdle() {
    query(1, "hold");
    pass(Duration.ofSeconds(59));
    assertThat(overdue()).isNull();

    pass(Duration.ofSeconds(2));
    assertThat(overdue()).isEqualTo(Counter.TCP_ANSWER_TIMEOUTS);
  }

  @Test
  void reply_twice_onlyFirstIsSent() {
    query(1, "hold");
    byte[] late = Messages.response(1, "late");
    ReplyPath path = heldPath();
    path.reply(late, late.length);
    path.reply(late, late.length);

    assertThat(channel.outboundMessages()).hasSize(1);
  }

  @Test
  void reply_empty_freesThePlaceAndSendsNothing() {
    query(1, "hold");
    heldPath().reply(new byte[0], 0);
    pass(Duration.ofSeconds(11));

    assertThat(channel.outboundMessages()).isEmpty();
    assertThat(overdue()).isEqualTo(Counter.TCP_IDLE_TIMEOUTS);
  }

  private void query(int id, String text) {
    channel.writeInbound(Unpooled.wrappedBuffer(Messages.frame(Messages.query(id, text))));
  }

  private ReplyPath heldPath() {
    return Objects.requireNonNull(resolver.held.get(1));
  }

  private void pass(Duration time) {
    nowNanos += time.toNanos();
  }

  private @Nullable Counter overdue() {
    return connection.overdue(nowNanos, IDLE_NANOS);
  }
}
