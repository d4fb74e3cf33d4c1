package dev.holdfast.operate;

import dev.holdfast.upstream.Casing;
import dev.holdfast.upstream.Cookies;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.Upstream.Event;

/**
 * One upstream. Immutable.
 *
 * @param overStream whether the next query goes over TCP
 * @param casing whether it repeats questions in the case they were asked in
 * @param cookies whether it brings cookies back
 */
public record UpstreamView(
    String address,
    boolean overStream,
    int inFlight,
    Casing.State casing,
    Cookies.State cookies,
    Events events,
    TransportView datagrams,
    TransportView streams) {

  /**
   * What was sent to it.
   *
   * @param queries questions, hedges among them
   * @param hedges questions that another upstream was slow to answer
   * @param hedgesWon those of them that it answered first
   * @param probes questions that only ask whether it is back
   */
  public record Events(long queries, long hedges, long hedgesWon, long probes) {}

  static UpstreamView of(Upstream upstream) {
    return new UpstreamView(
        upstream.toString(),
        upstream.prefersStream(),
        upstream.inFlight(),
        upstream.casing().state(),
        upstream.cookies().state(),
        new Events(
            upstream.counted(Event.QUERY),
            upstream.counted(Event.HEDGE),
            upstream.counted(Event.HEDGE_WON),
            upstream.counted(Event.PROBE)),
        TransportView.of(upstream.health(/* stream= */ false)),
        TransportView.of(upstream.health(/* stream= */ true)));
  }

  /** How it has been doing over the transport that the next query takes. */
  public TransportView current() {
    return overStream ? streams : datagrams;
  }
}
