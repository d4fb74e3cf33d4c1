package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadLoopTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final FakeTransport transport = new FakeTransport();

  @Test
  void run_serverStalls_latencyCountsFromWhenQueriesWereDue() {
    transport.stallFrom = 100;
    transport.stallUntil = 200;

    LoadLoop.Measured measured = loop(100_000).run(phase(1000, 300));

    Tally tally = measured.tally();
    assertThat(tally.sent).isBetween(299L, 301L);
    assertThat(tally.answered).isEqualTo(tally.sent);
    assertThat(tally.latencies.getValueAtPercentile(50) / MILLI).isLessThan(10);
    assertThat(tally.latencies.getMaxValue() / MILLI).isBetween(95L, 105L);
    // A third of the queries was due while the server stalled, and waited half of it on average.
    assertThat(tally.latencies.getMean() / MILLI).isBetween(12.0, 22.0);
  }

  @Test
  void run_loadItselfStalls_queriesAreSentLateAndSkippedBeyondASecond() {
    transport.jumpAt = 100;
    transport.jumpMillis = 3000;

    Tally tally = loop(100_000).run(phase(1000, 4000)).tally();

    assertThat(tally.skipped).isBetween(1900L, 2100L);
    assertThat(tally.delays.getMaxValue() / MILLI).isBetween(900L, 1100L);
    assertThat(tally.sent + tally.skipped).isBetween(3990L, 4010L);
  }

  @Test
  void run_withoutRate_neverHasMoreOnTheWayThanAllowed() {
    Tally tally = loop(4).run(phase(0, 100)).tally();

    assertThat(transport.mostWaiting).isEqualTo(4);
    assertThat(tally.answered).isEqualTo(tally.sent).isPositive();
  }

  private LoadLoop loop(int outstanding) {
    Questions.Builder questions = new Questions.Builder(true, false);
    questions.add("www.example.org", 1);
    return new LoadLoop(
        transport,
        questions.build(),
        transport::nanos,
        TimeUnit.SECONDS.toNanos(5),
        outstanding,
        (elapsed, tally, waiting) -> {});
  }

  private Phase phase(double rate, long millis) {
    return new Phase(new int[] {0}, rate, millis * MILLI, Long.MAX_VALUE);
  }

  /** A server without sockets in fast time: every look at it takes a tenth of a millisecond. */
  private static final class FakeTransport implements Transport {

    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();
    private long nanos;
    long stallFrom;
    long stallUntil;
    long jumpAt;
    long jumpMillis;
    int mostWaiting;
    private List<Integer> received = List.of();

    long nanos() {
      return nanos;
    }

    @Override
    public int sockets() {
      return 1;
    }

    @Override
    public int room(int socket) {
      return 64;
    }

    @Override
    public void add(int socket, byte[] bytes, int offset, int length, int id) {
      waiting.add(id);
      mostWaiting = Math.max(mostWaiting, waiting.size());
    }

    @Override
    public int flush(int socket) {
      return 0;
    }

    @Override
    public int await(int timeoutMillis) {
      nanos += MILLI / 10;
      if (jumpAt > 0 && nanos > jumpAt * MILLI) {
        nanos += jumpMillis * MILLI;
        jumpAt = 0;
      }
      boolean stalled = nanos >= stallFrom * MILLI && nanos < stallUntil * MILLI;
      return waiting.isEmpty() || stalled ? 0 : 1;
    }

    @Override
    public int readySocket(int index) {
      return 0;
    }

    @Override
    public int receive(int socket) {
      received = List.copyOf(waiting);
      waiting.clear();
      return received.size();
    }

    @Override
    public int length(int index) {
      return 12;
    }

    @Override
    public int id(int index) {
      return received.get(index);
    }

    @Override
    public int flags(int index) {
      return 0x8000;
    }

    @Override
    public void close() {}
  }
}
