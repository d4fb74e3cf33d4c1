package dev.holdfast.operate;

import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.resolve.Resolvers;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Everything that an operator can do to a running server. Used by one thread. */
public record Operator(
    Explainer explainer,
    Flusher flusher,
    Steering steering,
    StatusReader status,
    CacheBrowser cache,
    NameStories names) {

  /**
   * What can be done to these resolvers.
   *
   * @param journal how far behind the journal is
   * @param counters written by the thread that uses the operator
   */
  public static Operator of(
      Resolvers resolvers,
      InstantSource wallClock,
      Supplier<JournalView> journal,
      LoopCounters counters) {
    return new Operator(
        new Explainer(resolvers, wallClock),
        new Flusher(resolvers),
        new Steering(resolvers, wallClock, counters),
        new StatusReader(resolvers, wallClock, journal),
        new CacheBrowser(resolvers, wallClock),
        new NameStories(resolvers, wallClock));
  }
}
