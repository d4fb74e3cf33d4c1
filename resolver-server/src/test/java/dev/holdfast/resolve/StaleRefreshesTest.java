package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.replay.VirtualLoop;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.TestKind;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSpec;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Recovery without a herd. */
class StaleRefreshesTest {

  private static final int PER_SECOND = 500;

  private final VirtualLoop loop = new VirtualLoop();
  private final LoopCounters counters = new LoopCounters();
  private final Upstream upstream = new Upstream(UpstreamSpec.parse("192.0.2.53"));
  private final Route route = new Route(0, new byte[] {0}, List.of(upstream));
  private final List<CacheKey> refreshed = new ArrayList<>();
  private final StaleRefreshes refreshes =
      new StaleRefreshes(loop, counters, (key, asked) -> refreshed.add(key));

  {
    refreshes.setPace(PER_SECOND);
  }

  @Attack(value = Threat.RETRY_STORM, kind = TestKind.LOAD)
  @Test
  void start_hundredThousandNames_asksEachOnceAtTheConfiguredPace() {
    int names = 100_000;
    for (int i = 0; i < names; i++) {
      refreshes.note(key(i), route);
      refreshes.note(key(i), route);
    }

    refreshes.start();

    int before = 0;
    for (int second = 0; second < names / PER_SECOND + 1; second++) {
      loop.advance(Duration.ofSeconds(1));
      assertThat(refreshed.size() - before).isLessThanOrEqualTo(PER_SECOND + 10);
      before = refreshed.size();
    }
    assertThat(refreshed).hasSize(names);
    assertThat(new HashSet<>(refreshed)).hasSize(names);
    assertThat(counters.get(Counter.STALE_REFRESHES_QUEUED)).isEqualTo(names);
    assertThat(refreshes.size()).isZero();
  }

  @Test
  void note_full_isCountedAndForgotten() {
    for (int i = 0; i <= StaleRefreshes.MAX_QUESTIONS; i++) {
      refreshes.note(key(i), route);
    }

    assertThat(refreshes.size()).isEqualTo(StaleRefreshes.MAX_QUESTIONS);
    assertThat(counters.get(Counter.LIMIT_STALE_REFRESHES)).isEqualTo(1);
  }

  @Test
  void start_namesWantedMore_comeFirst() {
    for (int i = 0; i < 10; i++) {
      for (int answers = 0; answers <= i; answers++) {
        refreshes.note(key(i), route);
      }
    }

    refreshes.start();
    loop.advance(Duration.ofSeconds(1));

    assertThat(refreshed.getFirst()).isEqualTo(key(9));
    assertThat(refreshed.getLast()).isEqualTo(key(0));
  }

  @Test
  void isWaiting_askedFor_isNext() {
    for (int i = 0; i < 2 * PER_SECOND; i++) {
      refreshes.note(key(i), route);
    }
    refreshes.start();
    CacheKey wanted = key(2 * PER_SECOND - 1);

    assertThat(refreshes.isWaiting(wanted)).isTrue();
    assertThat(refreshes.isWaiting(wanted)).isTrue();
    loop.advance(Duration.ofMillis(100));

    assertThat(refreshed).contains(wanted).doesNotHaveDuplicates();
  }

  @Test
  void isWaiting_untilItsTurn_isTrue() {
    for (int i = 0; i < 2 * PER_SECOND; i++) {
      refreshes.note(key(i), route);
    }
    CacheKey last = key(2 * PER_SECOND - 1);
    assertThat(refreshes.isWaiting(key(2 * PER_SECOND))).isFalse();

    assertThat(refreshes.isWaiting(last)).isTrue();
    loop.advance(Duration.ofSeconds(1));
    assertThat(refreshed).as("begun by whoever asked first").isNotEmpty();
    loop.advance(Duration.ofSeconds(2));
    assertThat(refreshes.isWaiting(last)).isFalse();
  }

  @Test
  void tick_upstreamDownAgain_stopsAndForgetsNothing() {
    for (int i = 0; i < 2 * PER_SECOND; i++) {
      refreshes.note(key(i), route);
    }
    refreshes.start();
    loop.advance(Duration.ofSeconds(1));
    int asked = refreshed.size();
    for (int i = 0; i < 3; i++) {
      upstream.health().failed(FailureKind.TIMEOUT);
    }

    loop.advance(Duration.ofSeconds(5));

    assertThat(refreshed).hasSize(asked);
    assertThat(refreshes.size()).isEqualTo(2 * PER_SECOND - asked);
  }

  @Test
  void start_oneOfTwoRoutesIsBack_asksItsNamesAndKeepsTheOthers() {
    Upstream other = new Upstream(UpstreamSpec.parse("192.0.2.54"));
    Route otherRoute = new Route(1, Names.parse("example.org"), List.of(other));
    for (int i = 0; i < 3; i++) {
      other.health().failed(FailureKind.TIMEOUT);
    }
    for (int i = 0; i < 100; i++) {
      refreshes.note(key(i), i % 2 == 0 ? route : otherRoute);
    }

    refreshes.start();
    loop.advance(Duration.ofSeconds(1));
    assertThat(refreshed).hasSize(50);
    assertThat(refreshes.size()).isEqualTo(50);

    other.health().replied(1, loop.nowNanos());
    refreshes.start();
    loop.advance(Duration.ofSeconds(1));
    assertThat(new HashSet<>(refreshed)).hasSize(100);
    assertThat(refreshes.size()).isZero();
  }

  private static CacheKey key(int number) {
    byte[] qname = Names.parse("host" + number + ".example.org");
    byte[] encoded = new byte[5 + qname.length];
    Header.putUint16(encoded, 1, RecordType.A);
    Header.putUint16(encoded, 3, RecordClass.IN);
    System.arraycopy(qname, 0, encoded, 5, qname.length);
    return Objects.requireNonNull(CacheKey.decode(0, encoded, 0, encoded.length));
  }
}
