package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheConfig;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.metrics.Counter;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
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

  private static final int FLOOD_SECONDS = 20;
  private static final int FLOOD_PER_SECOND = 1_000;
  private static final int IN_FLIGHT = 256;

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

  @Test
  @Attack(Threat.RANDOM_SUBDOMAINS)
  void resolve_floodOfNamesWhileUpstreamsAreSilent_takesItsPlacesOnly() {
    ResolverFixture fixture =
        ResolverFixture.with().limits(InFlightLimitTest.inFlight(IN_FLIGHT)).start();
    fixture.learn("stale.example.org. 30 A 192.0.2.1");
    fixture.learn("fresh.example.org. 3600 A 192.0.2.2");
    fixture.advanceSeconds(31);

    int most = 0;
    for (int second = 0; second < FLOOD_SECONDS; second++) {
      for (int i = 0; i < FLOOD_PER_SECOND; i++) {
        String name = "n" + second + "-" + i + ".example.org";
        MessageBytes query = MessageBytes.query(name, RecordType.A);
        fixture.ask(query, "10.0." + i % 250 + "." + i / 250, 4_000, /* stream= */ false);
      }
      most = Math.max(most, fixture.resolvers().inFlight());
      assertThat(fixture.ask("fresh.example.org", RecordType.A).isAnsweredAtOnce()).isTrue();
      Asked stale = fixture.ask(MessageBytes.query("stale.example.org", RecordType.A).opt(1232, 0));
      fixture.advanceSeconds(1);
      assertThat(stale.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
    }

    assertThat(most).isEqualTo(IN_FLIGHT);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT)).isGreaterThan(FLOOD_PER_SECOND);
    assertThat(fixture.count(Counter.LIMIT_IN_FLIGHT_REPLACED)).isPositive();

    fixture.heal();
    fixture.advanceSeconds(10);
    assertThat(fixture.resolvers().inFlight()).isZero();
    fixture.learn("n0-0.example.org. 300 A 192.0.2.3");
  }

  private static void askForHot(ResolverFixture fixture) {
    for (int i = 0; i < HOT_NAMES; i++) {
      fixture.ask(hot(i), RecordType.A);
      fixture
          .pending()
          .forEach(
              query ->
                  fixture.deliver(
                      query,
                      DnsjavaReply.to(query.message())
                          .answer(query.message().getQuestion().getName() + " 86400 A 192.0.2.1")));
    }
  }

  private static DnsjavaReply noData(ScriptedExchange.Query query) {
    return DnsjavaReply.to(query.message());
  }

  private static String hot(int number) {
    return "hot" + number + ".example.org.";
  }
}
