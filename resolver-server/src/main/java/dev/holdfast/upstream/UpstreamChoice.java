package dev.holdfast.upstream;

import dev.holdfast.upstream.Health.State;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The order in which a question tries the upstreams of its route: the healthy by their RTT, then
 * the suspect, then those that are down. Now and then another one than the best goes first, so that
 * what is known of it does not grow old. Confined to one event loop.
 */
public final class UpstreamChoice {

  /** No upstream is left. */
  public static final int NONE = -1;

  /** One draw decides what the first try is for. */
  private static final int DRAWS = 128;

  /** Draws (about 3 %) that go to any upstream that is not down and not much slower. */
  private static final int NEAR_DRAWS = 4;

  /** Draws that go to any upstream, whatever its state. */
  private static final int ANY_DRAWS = 1;

  /** Upstreams are near the best within this much, or within its RTT again. */
  private static final long NEAR_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final RandomSource random;

  public UpstreamChoice(RandomSource random) {
    this.random = random;
  }

  /**
   * Returns the index of the upstream to ask next, or {@link #NONE}.
   *
   * @param tried a bit per index that was asked already
   */
  public int next(List<Upstream> upstreams, int tried) {
    if (upstreams.size() == 1) {
      return (tried & 1) == 0 ? 0 : NONE;
    }
    int best = best(upstreams, tried);
    if (tried != 0) {
      return best;
    }
    int draw = random.nextBelow(DRAWS);
    if (draw < ANY_DRAWS) {
      return random.nextBelow(upstreams.size());
    }
    return draw < ANY_DRAWS + NEAR_DRAWS ? near(upstreams, best) : best;
  }

  /** Returns the index of an upstream that is not down, each as likely as the others, if any. */
  public int any(List<Upstream> upstreams) {
    int size = upstreams.size();
    int start = random.nextBelow(size);
    for (int i = 0; i < size; i++) {
      int index = (start + i) % size;
      if (upstreams.get(index).state() != State.DOWN) {
        return index;
      }
    }
    return start;
  }

  private int best(List<Upstream> upstreams, int tried) {
    int size = upstreams.size();
    int start = random.nextBelow(size);
    int best = NONE;
    for (int i = 0; i < size; i++) {
      int index = start + i < size ? start + i : start + i - size;
      if ((tried >>> index & 1) == 0
          && (best == NONE || precedes(upstreams.get(index), upstreams.get(best)))) {
        best = index;
      }
    }
    return best;
  }

  private static boolean precedes(Upstream a, Upstream b) {
    int byState = a.state().compareTo(b.state());
    return byState != 0
        ? byState < 0
        : a.health().smoothedRttNanos() < b.health().smoothedRttNanos();
  }

  private int near(List<Upstream> upstreams, int best) {
    long bestNanos = upstreams.get(best).health().smoothedRttNanos();
    long limitNanos = bestNanos + Math.max(bestNanos, NEAR_NANOS);
    int chosen = best;
    int candidates = 0;
    for (int i = 0; i < upstreams.size(); i++) {
      Upstream upstream = upstreams.get(i);
      if (upstream.state() != State.DOWN && upstream.health().smoothedRttNanos() <= limitNanos) {
        candidates++;
        if (random.nextBelow(candidates) == 0) {
          chosen = i;
        }
      }
    }
    return chosen;
  }
}
