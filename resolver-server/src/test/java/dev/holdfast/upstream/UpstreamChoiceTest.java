package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UpstreamChoiceTest {

  private static final int ROUNDS = 20_000;

  private final UpstreamChoice choice = new UpstreamChoice(TestUpstreams.repeatableRandom(1));

  @Test
  void next_oneUpstream_isTriedOnce() {
    List<Upstream> one = List.of(TestUpstreams.upstream(1));
    assertThat(choice.next(one, 0)).isZero();
    assertThat(choice.next(one, 1)).isEqualTo(UpstreamChoice.NONE);
  }

  @Test
  void next_afterFirstTry_goesByStateThenRtt() {
    List<Upstream> upstreams =
        List.of(down(1), withRtt(2, 30), suspect(3), withRtt(4, 10), withRtt(5, 20));
    assertThat(order(upstreams, 0b01000)).containsExactly(4, 1, 2, 0);
  }

  @Test
  void next_firstTry_mostlyFastestWithAFewPercentExplored() {
    List<Upstream> upstreams = List.of(withRtt(1, 15), withRtt(2, 10), withRtt(3, 500), down(4));
    int[] firsts = firsts(upstreams);
    assertThat(firsts[1]).isGreaterThan(ROUNDS * 95 / 100);
    assertThat(firsts[0]).isBetween(ROUNDS / 100, ROUNDS * 4 / 100);
    assertThat(firsts[2]).isBetween(1, ROUNDS / 100);
    assertThat(firsts[3]).isBetween(1, ROUNDS / 100);
  }

  @Test
  void next_nothingKnown_isSpreadEvenly() {
    int[] firsts =
        firsts(
            List.of(
                TestUpstreams.upstream(1), TestUpstreams.upstream(2), TestUpstreams.upstream(3)));
    assertThat(Arrays.stream(firsts).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(ROUNDS * 30 / 100, ROUNDS * 37 / 100));
  }

  @Test
  void next_oneNotMeasuredYet_isTriedFirst() {
    List<Upstream> upstreams = List.of(withRtt(1, 1), TestUpstreams.upstream(2));
    assertThat(firsts(upstreams)[1]).isGreaterThan(ROUNDS * 95 / 100);
  }

  @Test
  void next_allTried_isNone() {
    List<Upstream> upstreams = List.of(withRtt(1, 1), withRtt(2, 1));
    assertThat(choice.next(upstreams, 0b11)).isEqualTo(UpstreamChoice.NONE);
  }

  @Test
  void next_sameSeed_repeatsItself() {
    List<Upstream> upstreams = List.of(withRtt(1, 1), withRtt(2, 1), suspect(3));
    assertThat(firsts(upstreams, new UpstreamChoice(TestUpstreams.repeatableRandom(7))))
        .isEqualTo(firsts(upstreams, new UpstreamChoice(TestUpstreams.repeatableRandom(7))));
  }

  private List<Integer> order(List<Upstream> upstreams, int triedBefore) {
    List<Integer> order = new ArrayList<>();
    int tried = triedBefore;
    for (int next = choice.next(upstreams, tried);
        next != UpstreamChoice.NONE;
        next = choice.next(upstreams, tried)) {
      order.add(next);
      tried |= 1 << next;
    }
    return order;
  }

  private int[] firsts(List<Upstream> upstreams) {
    return firsts(upstreams, choice);
  }

  private static int[] firsts(List<Upstream> upstreams, UpstreamChoice choice) {
    int[] firsts = new int[upstreams.size()];
    for (int i = 0; i < ROUNDS; i++) {
      firsts[choice.next(upstreams, 0)]++;
    }
    return firsts;
  }

  private static Upstream withRtt(int host, int rttMillis) {
    Upstream upstream = TestUpstreams.upstream(host);
    upstream.health().replied(TimeUnit.MILLISECONDS.toNanos(rttMillis), 0);
    return upstream;
  }

  private static Upstream suspect(int host) {
    Upstream upstream = withRtt(host, 1);
    upstream.health().failed(FailureKind.TIMEOUT);
    return upstream;
  }

  private static Upstream down(int host) {
    Upstream upstream = withRtt(host, 1);
    for (int i = 0; i < Health.DOWN_AFTER_FAILURES; i++) {
      upstream.health().failed(FailureKind.TIMEOUT);
    }
    return upstream;
  }
}
