package dev.holdfast.replay;

/**
 * One question that was asked and what came of it.
 *
 * @param name index of the name; from {@link Names#KNOWN} on it was never seen before the outage
 * @param sentMillis when it was sent, counted from the first question of the outage
 * @param latencyMillis until the answer, or until nobody waited any more
 * @param rcode of the answer; -1 without one
 * @param extendedError the code of the answer's extended error (RFC 8914); -1 without one
 * @param current whether the address is the one that holds now
 */
public record Sample(
    int name,
    double sentMillis,
    double latencyMillis,
    Outcome outcome,
    int rcode,
    int extendedError,
    boolean current) {

  /** Whether the name was learnt before the outage. */
  public boolean known() {
    return name < Names.KNOWN;
  }
}
