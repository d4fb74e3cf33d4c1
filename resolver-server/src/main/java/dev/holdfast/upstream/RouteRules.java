package dev.holdfast.upstream;

/**
 * What becomes of the questions and answers of one route.
 *
 * @param refusesPrivate whether answers that point into private networks are refused
 * @param forwardsSubnet whether upstreams hear which networks questions come from
 */
public record RouteRules(boolean refusesPrivate, boolean forwardsSubnet) {

  /** Answers stay as they are, and nobody is told of. */
  public static final RouteRules NONE = new RouteRules(false, false);
}
