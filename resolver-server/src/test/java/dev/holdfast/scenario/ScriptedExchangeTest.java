package dev.holdfast.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.replay.VirtualLoop;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.ReplyHandler;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSpec;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

final class ScriptedExchangeTest {

  private static final Duration TIMEOUT = Duration.ofMillis(400);

  private final VirtualLoop loop = new VirtualLoop();
  private final ScriptedExchange exchange = new ScriptedExchange(loop);
  private final Upstream upstream =
      new Upstream(new UpstreamSpec(new InetSocketAddress("192.0.2.53", 53), false));
  private final List<String> heard = new ArrayList<>();

  @Test
  void reply_belongingToTheQuery_reachesTheHandlerOnce() throws Exception {
    ScriptedExchange.Query query = ask("www.example.org.");

    assertThat(query.reply(answer(query.message()))).isTrue();
    loop.advance(Duration.ofSeconds(1));

    assertThat(heard).containsExactly("replied");
    assertThat(exchange.pending()).isEmpty();
    assertThatThrownBy(() -> query.fail(FailureKind.TIMEOUT))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void reply_toAnotherQuestion_leavesTheQueryWaiting() throws Exception {
    ScriptedExchange.Query query = ask("www.example.org.");
    Message other = new Message(query.message().getHeader().getID());
    other.addRecord(question("other.example.org."), 0);

    assertThat(query.reply(other)).isFalse();

    assertThat(heard).isEmpty();
    assertThat(exchange.pending()).containsExactly(query);
  }

  @Test
  void reply_notTaken_leavesTheQueryWaiting() throws Exception {
    ScriptedExchange.Query query = ask("www.example.org.");

    assertThat(query.reply(new byte[5])).isFalse();

    assertThat(heard).containsExactly("replied");
    assertThat(exchange.pending()).containsExactly(query);
  }

  @Test
  void ask_noReplyInTime_timesOut() throws Exception {
    ScriptedExchange.Query query = ask("www.example.org.");

    assertThat(query.deadlineNanos()).isEqualTo(loop.nowNanos() + TIMEOUT.toNanos());
    loop.advance(TIMEOUT.minusNanos(1));
    assertThat(heard).isEmpty();
    loop.advance(Duration.ofNanos(1));

    assertThat(heard).containsExactly("TIMEOUT");
    assertThat(exchange.pending()).isEmpty();
    assertThat(exchange.timedOut()).containsExactly(query);
  }

  @Test
  void fail_tellsTheHandlerWhy() throws Exception {
    ask("www.example.org.").fail(FailureKind.NETWORK_ERROR);

    assertThat(heard).containsExactly("NETWORK_ERROR");
  }

  @Test
  void ask_severalQueries_waitInTheOrderSent() throws Exception {
    ScriptedExchange.Query first = ask("a.example.org.");
    ScriptedExchange.Query second = ask("b.example.org.");

    assertThat(exchange.pending()).containsExactly(first, second);
    assertThat(exchange.sent()).isEqualTo(2);
    assertThat(first).hasToString("a.example.org. A to 192.0.2.53:53");
  }

  @Test
  void ask_malformedQuery_isRefused() {
    assertThatThrownBy(
            () -> exchange.ask(upstream, new byte[5], 5, false, TIMEOUT.toNanos(), handler()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private ScriptedExchange.Query ask(String name) throws Exception {
    byte[] query = Message.newQuery(question(name)).toWire();
    exchange.ask(upstream, query, query.length, false, TIMEOUT.toNanos(), handler());
    return exchange.pending().getLast();
  }

  private static Record question(String name) throws Exception {
    return Record.newRecord(Name.fromString(name), Type.A, DClass.IN);
  }

  private static Message answer(Message query) {
    Message answer = query.clone();
    answer.getHeader().setFlag(Flags.QR);
    return answer;
  }

  private ReplyHandler handler() {
    return new ReplyHandler() {
      @Override
      public boolean replied(byte[] message, int length, long nowNanos) {
        heard.add("replied");
        return length > 5;
      }

      @Override
      public void failed(FailureKind kind, long nowNanos) {
        heard.add(kind.name());
      }
    };
  }
}
