package dev.holdfast.operate;

import dev.holdfast.upstream.Upstream;

/**
 * One upstream. Immutable.
 *
 * @param overStream whether the next query goes over TCP
 */
public record UpstreamView(
    String address,
    boolean overStream,
    int inFlight,
    TransportView datagrams,
    TransportView streams) {

  static UpstreamView of(Upstream upstream) {
    return new UpstreamView(
        upstream.toString(),
        upstream.prefersStream(),
        upstream.inFlight(),
        TransportView.of(upstream.health(/* stream= */ false)),
        TransportView.of(upstream.health(/* stream= */ true)));
  }

  /** How it has been doing over the transport that the next query takes. */
  public TransportView current() {
    return overStream ? streams : datagrams;
  }
}
