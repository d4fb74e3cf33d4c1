package dev.holdfast.resolve;

import dev.holdfast.metrics.Counter;
import dev.holdfast.policy.ClientBlocks;
import dev.holdfast.policy.ResponseRate;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** The rates of responses over UDP, shared by all loops. Thread-safe. */
final class RateLimits {

  private static final int NETWORKS = 1 << 16;
  private static final int CLIENTS = 1 << 14;

  private final ClientBlocks networks = new ClientBlocks(NETWORKS, 24, 56, seed());
  private final ClientBlocks clients = new ClientBlocks(CLIENTS, 32, 64, seed());
  private volatile @Nullable ResponseRate ofNetworks;
  private volatile ResponseRate ofLateResponses;
  private int perSecond;
  private int latePerSecond;

  RateLimits(Resolvers.Config config, long nowNanos) {
    latePerSecond = config.limits().lateResponsesPerSecond();
    ofLateResponses = ofLateResponses(nowNanos);
    use(config, nowNanos);
  }

  /** Goes on with other rates; one that stays goes on counting. */
  synchronized void use(Resolvers.Config config, long nowNanos) {
    LimitsConfig limits = config.limits();
    int wanted = limits.responsesPerSecond(config.access().open());
    if (wanted != perSecond) {
      perSecond = wanted;
      ofNetworks = wanted == 0 ? null : ofNetworks(nowNanos);
    }
    if (limits.lateResponsesPerSecond() != latePerSecond) {
      latePerSecond = limits.lateResponsesPerSecond();
      ofLateResponses = ofLateResponses(nowNanos);
    }
  }

  private ResponseRate ofNetworks(long nowNanos) {
    return new ResponseRate(
        perSecond, networks, nowNanos, Counter.SLIPPED_RATE, Counter.DROPPED_RATE);
  }

  private ResponseRate ofLateResponses(long nowNanos) {
    return new ResponseRate(
        latePerSecond, clients, nowNanos, Counter.SLIPPED_LATE, Counter.DROPPED_LATE);
  }

  /** The rate of each network's responses, or null without a limit. */
  @Nullable ResponseRate ofNetworks() {
    return ofNetworks;
  }

  /** The rate of each client's responses that it waited for. */
  ResponseRate ofLateResponses() {
    return ofLateResponses;
  }

  private static long seed() {
    return new SecureRandom().nextLong();
  }
}
