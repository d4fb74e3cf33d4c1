package dev.holdfast.operate;

import dev.holdfast.lists.ListStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How a server is doing, beside its counters. Immutable.
 *
 * @param waiting clients that wait for an answer
 * @param inFlight questions that wait for upstreams
 * @param failuresRemembered questions that failed lately
 * @param lists the files of the local policy
 */
public record ServerStatus(
    Instant now,
    Duration uptime,
    int waiting,
    int inFlight,
    Cache cache,
    long failuresRemembered,
    Holding holding,
    JournalView journal,
    List<ListStatus> lists,
    List<RouteView> routes) {

  /**
   * The answers kept.
   *
   * @param maxSizeBytes where the least wanted ones are pushed out
   */
  public record Cache(long answers, long sizeBytes, long maxSizeBytes, long evictions) {}

  /**
   * Names that vanished, and what operators decided.
   *
   * @param histories questions that are known over time
   * @param evictions those that were pushed out for want of room
   * @param held those that upstreams say are gone and whose last good records are served
   * @param wouldHaveHeld those that would be in a zone that enforces
   * @param released those that operators believe are gone
   * @param pinned those that operators pinned
   * @param examples some that are held
   */
  public record Holding(
      long histories,
      long evictions,
      int held,
      int wouldHaveHeld,
      int released,
      int pinned,
      List<Held> examples) {}

  /** A question that is held. */
  public record Held(String question, Instant vanished) {}
}
