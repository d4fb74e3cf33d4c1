package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheConfig;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.metrics.Counter;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.TestKind;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names that nobody asked for before, in masses. */
final class FloodTest {

  private static final int HOT_NAMES = 1_000;

  /** A cache that holds some 4000 answers. */
  private static final long CACHE_BYTES = 1 << 20;

  /**
   * For a cache of one MiB what ten millions are for one of 128 MiB, four times over: what it holds
   * some 25 times.
   */
  private static final int FLOOD = 100_000;

  private static final int FLOOD_SECONDS = 60;
  private static final int FLOOD_PER_SECOND = 50_000;
  private static final int STEPS_PER_SECOND = 20;

  /** Less than a name in ten would take if anything of it were kept. */
  private static final long HEAP_SLACK_BYTES = 32 << 20;

  @Test
  @Attack(Threat.CACHE_FLOODING)
  void resolve_floodOfAnsweredNames_hotNamesStayAndProvenOnesAreStillHeld() {
    HoldConfig enforce =
        new HoldConfig(HoldMode.ENFORCE, Duration.ZERO, 0, Duration.ofHours(6), List.of());
    CacheConfig defaults = CacheConfig.DEFAULTS;
    CacheConfig small =
        new CacheConfig(
            CACHE_BYTES, Duration.ZERO, defaults.maxTtl(), defaults.maxNegativeTtl(), false);
    ResolverFixture fixture = ResolverFixture.with().cache(small).hold(enforce).start();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < HOT_NAMES; i++) {
        fixture.learn(hot(i) + " 300 A 192.0.2.1");
      }
      fixture.advanceSeconds(301);
    }
    for (int i = 0; i < HOT_NAMES; i++) {
      fixture.learn(hot(i) + " 86400 A 192.0.2.1");
    }
    askForHot(fixture);

    for (int i = 0; i < FLOOD; i++) {
      if (i % 10_000 == 0) {
        askForHot(fixture);
      }
      fixture.learn("flood" + i + ".example.org. 86400 A 192.0.2.9");
    }

    int sent = fixture.sent();
    long fresh = fixture.count(Counter.ANSWERS_FRESH);
    askForHot(fixture);
    assertThat(fixture.sent() - sent).isLessThan(HOT_NAMES / 100);
    assertThat(fixture.count(Counter.ANSWERS_FRESH) - fresh).isGreaterThan(HOT_NAMES * 99 / 100);
    assertThat(fixture.resolvers().cache().evictions()).isPositive();

    fixture.advanceSeconds(86_401);
    int held = 0;
    for (int i = 0; i < HOT_NAMES; i++) {
      Asked asked = fixture.ask(hot(i), RecordType.A);
      fixture.pending().forEach(query -> fixture.deliver(query, noData(query)));
      held += asked.answers().isEmpty() ? 0 : 1;
    }
    assertThat(held).isGreaterThan(HOT_NAMES * 99 / 100);
    assertThat(fixture.count(Counter.ANSWERS_HELD)).isEqualTo(held);
  }

  /**
   * The table of questions is filled anew every ten seconds, when the upstreams are taken for
   * healthy again although they are not.
   */
  @Test
  @Attack(value = Threat.RANDOM_SUBDOMAINS, kind = TestKind.LOAD)
  void resolve_fiftyThousandNamesASecondWhileUpstreamsAreSilent_takeTheirPlacesOnly() {
    ResolverFixture fixture = ResolverFixture.with().upstreams(5).start();
    for (int i = 0; i < HOT_NAMES; i++) {
      fixture.learn(hot(i) + " 86400 A 192.0.2.1");
      fixture.learn(stale(i) + " 30 A 192.0.2.1");
    }
    fixture.advanceSeconds(31);

    UnseenNames flood = new UnseenNames(fixture);
    Deque<Asked> askedForStale = new ArrayDeque<>();
    int most = 0;
    long heapBytes = 0;
    for (int step = 0; step < FLOOD_SECONDS * STEPS_PER_SECOND; step++) {
      if (step % (10 * STEPS_PER_SECOND) == 0) {
        fixture.heal();
      }
      flood.ask(FLOOD_PER_SECOND / STEPS_PER_SECOND);
      most = Math.max(most, fixture.resolvers().inFlight());
      for (int i = 0; i < HOT_NAMES / STEPS_PER_SECOND; i++) {
        int name = step * HOT_NAMES / STEPS_PER_SECOND + i;
        assertThat(fixture.ask(hot(name % HOT_NAMES), RecordType.A).isAnsweredAtOnce()).isTrue();
        askedForStale.add(
            fixture.ask(MessageBytes.query(stale(name % HOT_NAMES), RecordType.A).opt(1232, 0)));
      }
      fixture.advanceMillis(1000 / STEPS_PER_SECOND);
      while (askedForStale.size() > 2 * HOT_NAMES) {
        assertServedStale(askedForStale.remove());
      }
      if (step == FLOOD_SECONDS / 3 * STEPS_PER_SECOND) {
        heapBytes = usedHeapBytes();
      }
    }

    assertThat(usedHeapBytes() - heapBytes).isLessThan(HEAP_SLACK_BYTES);
    assertThat(most).isEqualTo(LimitsConfig.DEFAULTS.inFlight());
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_PER_CLIENT)).isGreaterThan(FLOOD_PER_SECOND);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_REPLACED)).isPositive();
    assertThat(fixture.count(Counter.ANSWERS_FRESH)).isEqualTo(FLOOD_SECONDS * HOT_NAMES);
    fixture.advanceSeconds(5);
    askedForStale.forEach(FloodTest::assertServedStale);
    assertThat(flood.answered() + fixture.count(Counter.DROPPED_LATE))
        .isEqualTo(FLOOD_SECONDS * FLOOD_PER_SECOND);
    assertThat(fixture.resolvers().inFlight()).isZero();
    assertThat(fixture.resolvers().waiting()).isZero();

    fixture.heal();
    fixture.resolvers().recovered();
    Asked unseen = fixture.ask("unseen.example.org", RecordType.A);
    fixture.ask(stale(0), RecordType.A);
    for (int millis = 0; millis < 1000; millis += 20) {
      answerAll(fixture, "192.0.2.3");
      fixture.advanceMillis(20);
    }
    assertThat(unseen.answers()).containsExactly("unseen.example.org. 86400 A 192.0.2.3");
    assertThat(fixture.ask(stale(0), RecordType.A).answers())
        .singleElement()
        .asString()
        .endsWith("192.0.2.3");
  }

  private static void assertServedStale(Asked asked) {
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
    assertThat(asked.answers()).hasSize(1);
  }

  private static long usedHeapBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static void askForHot(ResolverFixture fixture) {
    for (int i = 0; i < HOT_NAMES; i++) {
      fixture.ask(hot(i), RecordType.A);
      answerAll(fixture, "192.0.2.1");
    }
  }

  private static void answerAll(ResolverFixture fixture, String address) {
    for (ScriptedExchange.Query query : fixture.pending()) {
      String name = query.message().getQuestion().getName().toString();
      fixture.deliver(query, DnsjavaReply.to(query.message()).answer(name + " 86400 A " + address));
    }
  }

  private static DnsjavaReply noData(ScriptedExchange.Query query) {
    return DnsjavaReply.to(query.message());
  }

  private static String hot(int number) {
    return "hot" + number + ".example.org.";
  }

  private static String stale(int number) {
    return "stale" + number + ".example.org.";
  }
}
