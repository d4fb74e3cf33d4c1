package dev.holdfast.operate;

import dev.holdfast.lists.ListStatus;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.resolve.Resolvers;
import java.time.InstantSource;
import java.util.List;
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
   * @param lists how the files of the local policy are doing
   * @param counters written by the thread that uses the operator
   */
  public static Operator of(
      Resolvers resolvers,
      InstantSource wallClock,
      Supplier<JournalView> journal,
      Supplier<List<ListStatus>> lists,
      LoopCounters counters) {
    return new Operator(
        new Explainer(resolvers, wallClock),
        new Flusher(resolvers),
        new Steering(resolvers, wallClock, counters),
        new StatusReader(resolvers, wallClock, journal, lists),
        new CacheBrowser(resolvers, wallClock),
        new NameStories(resolvers, wallClock));
  }
}
