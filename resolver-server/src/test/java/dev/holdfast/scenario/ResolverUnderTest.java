package dev.holdfast.scenario;

import dev.holdfast.cache.CacheConfig;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.Cidr;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.replay.VirtualLoop;
import dev.holdfast.resolve.LimitsBuilder;
import dev.holdfast.resolve.LimitsConfig;
import dev.holdfast.resolve.Resolver;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.OwnSockets;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Routes;
import dev.holdfast.upstream.Upstreams;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Builds the real resolve path for a scenario. Stateless. */
final class ResolverUnderTest {

  private static final AccessConfig EVERYBODY =
      new AccessConfig(List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")), /* open= */ false);
  private static final Duration TCP_IDLE_TIMEOUT = Duration.ofSeconds(10);
  private static final byte[] ROOT = {0};

  private ResolverUnderTest() {}

  /** Returns a resolver whose upstreams, clock and timers are those of the scenario. */
  static Resolver create(ScenarioSettings settings, VirtualLoop loop, Exchange exchange) {
    CacheConfig cache =
        new CacheConfig(
            CacheConfig.DEFAULTS.maxSizeBytes(),
            settings.minTtl(),
            settings.maxTtl(),
            settings.maxNegativeTtl(),
            settings.prefetch());
    StaleConfig stale =
        new StaleConfig(
            settings.stale() ? settings.staleMaxAge() : Duration.ZERO,
            settings.staleAnswerTtl(),
            settings.staleClientTimeout(),
            StaleConfig.DEFAULTS.refreshesPerSecond());
    Resolvers.Config config =
        new Resolvers.Config(
            EVERYBODY,
            cache,
            stale,
            HoldConfig.DEFAULTS,
            limits(settings),
            settings.minimalResponses(),
            TCP_IDLE_TIMEOUT,
            /* cookies= */ true,
            RewriteConfig.DEFAULTS);
    Routes routes =
        new Routes(List.of(new Route(0, ROOT, new Upstreams().of(settings.upstreams()))));
    Resolvers resolvers =
        new Resolvers(
            config, 1, routes, loop.clock(), InstantSource.fixed(Instant.EPOCH), new OwnSockets());
    return resolvers.addLoop(loop, exchange, new LoopCounters());
  }

  private static LimitsConfig limits(ScenarioSettings settings) {
    return new LimitsBuilder()
        .sendsPerQuestion(settings.sendsPerQuestion())
        .answerDeadline(settings.answerDeadline())
        .build();
  }
}
