package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.LatencySnapshot;
import dev.holdfast.metrics.ResponseCounts;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the walk of a query leaves behind for a scrape. */
final class LatencyTest {

  private final ResolverFixture fixture = ResolverFixture.with().upstreams(2).start();

  @Test
  void resolve_miss_isRecordedOncePerWaiter() {
    fixture.ask("www.example.org", RecordType.A);
    fixture.advanceMillis(5);
    fixture.askOverStream(MessageBytes.query("www.example.org", RecordType.A));
    fixture.advanceMillis(20);
    fixture.replyWith("www.example.org. 300 A 192.0.2.1");

    LatencySnapshot misses = fixture.counters().misses().snapshot();
    assertThat(misses.count()).isEqualTo(2);
    assertThat(misses.sumNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(45));
  }

  @Test
  void resolve_reply_recordsTheRttOfItsUpstream() {
    fixture.ask("www.example.org", RecordType.A);
    fixture.advanceMillis(20);
    fixture.replyWith("www.example.org. 300 A 192.0.2.1");

    long recorded = 0;
    long asked = 0;
    for (Upstream upstream : fixture.upstreams()) {
      recorded += upstream.health(/* stream= */ false).rtt().countAtMost(20_000_000);
      asked += upstream.counted(Upstream.Event.QUERY);
    }
    assertThat(recorded).isEqualTo(1);
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void resolve_slowUpstream_countsTheHedgeOfTheOther() {
    fixture.ask("www.example.org", RecordType.A);
    Upstream slow = fixture.onlyPending().upstream();
    fixture.advance(Duration.ofMillis(60));
    var hedge = fixture.pending().getLast();
    fixture.deliver(
        hedge, DnsjavaReply.to(hedge.message()).answer("www.example.org. 300 A 192.0.2.1"));

    assertThat(slow.counted(Upstream.Event.HEDGE)).isZero();
    assertThat(hedge.upstream().counted(Upstream.Event.HEDGE)).isEqualTo(1);
    assertThat(hedge.upstream().counted(Upstream.Event.HEDGE_WON)).isEqualTo(1);
  }

  @Test
  void resolve_everyResponse_isCountedByTransportAndRcode() {
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    fixture.ask("www.example.org", RecordType.A);
    fixture.askOverStream(MessageBytes.query("www.example.org", RecordType.A));
    fixture.ask(MessageBytes.query("www.example.org", RecordType.A).opt(1232, 1 << 16));
    fixture.ask("no.example.org", RecordType.A);
    while (!fixture.pending().isEmpty()) {
      fixture.fail(fixture.pending().getFirst(), FailureKind.REFUSED_CONNECTION);
    }

    ResponseCounts responses = fixture.counters().responses();
    assertThat(responses.get(/* stream= */ false, Rcode.NOERROR)).isEqualTo(2);
    assertThat(responses.get(/* stream= */ true, Rcode.NOERROR)).isEqualTo(1);
    assertThat(responses.get(/* stream= */ false, Rcode.BADVERS)).isEqualTo(1);
    assertThat(responses.get(/* stream= */ false, Rcode.SERVFAIL)).isEqualTo(1);
  }
}
