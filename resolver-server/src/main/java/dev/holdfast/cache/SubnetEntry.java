package dev.holdfast.cache;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.ReplyKind;

/** An answer for the clients of one network. Thread-safe like every entry. */
public final class SubnetEntry extends CacheEntry {

  private final ClientSubnet network;

  /**
   * @param staleNanos how long after its TTL the answer may still be served; 0 for never
   */
  public SubnetEntry(
      Answer answer,
      ReplyKind kind,
      int ttlSeconds,
      long staleNanos,
      long nowNanos,
      ClientSubnet network) {
    super(answer, kind, ttlSeconds, staleNanos, nowNanos);
    this.network = network;
  }

  /** Whom the answer is for. */
  public ClientSubnet network() {
    return network;
  }
}
