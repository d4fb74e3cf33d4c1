package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.policy.ResponseRate.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseRateTest {

  private static final int PER_SECOND = 20;
  private static final long CLIENT = 0xffff_c000_0201L;

  /** A clock may begin anywhere. */
  private static final long START_NANOS = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3);

  private final ResponseRate rate = rate(PER_SECOND);
  private long nowNanos = START_NANOS;

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 20, 1000})
  void admit_allAtOnce_sendsASecondsWorth(int perSecond) {
    assertThat(sent(rate(perSecond), 3000, CLIENT)).isEqualTo(perSecond);
  }

  @Test
  void admit_tooMuch_slipsAndDropsInTurns() {
    ask(rate, PER_SECOND, CLIENT);

    assertThat(rate.admit(0, CLIENT, nowNanos)).isEqualTo(Verdict.SLIPPED);
    assertThat(rate.admit(0, CLIENT, nowNanos)).isEqualTo(Verdict.DROPPED);
    assertThat(ask(rate, 100, CLIENT))
        .containsOnly(Verdict.SLIPPED, Verdict.DROPPED)
        .filteredOn(Verdict.SLIPPED::equals)
        .hasSize(50);
  }

  @Test
  void admit_evenlySpread_sendsAll() {
    for (int i = 0; i < 10 * PER_SECOND; i++) {
      nowNanos += TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
      assertThat(rate.admit(0, CLIENT, nowNanos)).isEqualTo(Verdict.SENT);
    }
  }

  @Test
  void admit_floodForSeconds_sendsTheRate() {
    long sent = 0;
    for (int millis = 0; millis < 5000; millis++) {
      nowNanos += TimeUnit.MILLISECONDS.toNanos(1);
      sent += sent(rate, 10, CLIENT);
    }
    assertThat(sent).isBetween(6L * PER_SECOND - 1, 6L * PER_SECOND);
  }

  @Test
  void admit_afterARest_sendsNoMoreThanASecondsWorth() {
    ask(rate, 100, CLIENT);
    nowNanos += TimeUnit.DAYS.toNanos(30);

    assertThat(sent(rate, 100, CLIENT)).isEqualTo(PER_SECOND);
  }

  @Test
  void admit_clientsOfOneNetwork_shareTheRate() {
    long sent = 0;
    for (int host = 0; host < 256; host++) {
      sent += sent(rate, 1, (CLIENT & ~0xffL) + host);
    }
    assertThat(sent).isEqualTo(PER_SECOND);
    assertThat(sent(rate, 1, CLIENT + 256)).isEqualTo(1);
  }

  @Test
  void admit_ipv6_goesByTheNetwork() {
    long network = 0x2001_0db8_0000_0100L;
    for (int i = 0; i < PER_SECOND; i++) {
      assertThat(rate.admit(network + i, i, nowNanos)).isEqualTo(Verdict.SENT);
    }
    assertThat(rate.admit(network, -1, nowNanos)).isNotEqualTo(Verdict.SENT);
    assertThat(rate.admit(network + 256, 0, nowNanos)).isEqualTo(Verdict.SENT);
  }

  private static ResponseRate rate(int perSecond) {
    ClientBlocks blocks = new ClientBlocks(1 << 16, 24, 56, 1);
    return new ResponseRate(
        perSecond, blocks, START_NANOS, Counter.SLIPPED_RATE, Counter.DROPPED_RATE);
  }

  private long sent(ResponseRate asked, int times, long client) {
    return ask(asked, times, client).stream().filter(Verdict.SENT::equals).count();
  }

  private List<Verdict> ask(ResponseRate asked, int times, long client) {
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      verdicts.add(asked.admit(0, client, nowNanos));
    }
    return verdicts;
  }
}
