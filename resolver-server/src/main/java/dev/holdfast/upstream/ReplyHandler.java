package dev.holdfast.upstream;

/**
 * Takes the outcome of one exchange on the exchange's loop: {@link #replied} until it accepts a
 * reply, or {@link #failed} once.
 */
public interface ReplyHandler {

  /**
   * A response whose id, opcode and question belong to the query that was sent. The bytes are valid
   * during the call only. A server that cannot read a query may answer with FORMERR, NOTIMP,
   * SERVFAIL or REFUSED and no question at all.
   *
   * @return false when the message cannot be walked. Over UDP the exchange then keeps waiting for
   *     the real answer as if this one had been a near-miss, because anybody could have sent it;
   *     over TCP it is over.
   */
  boolean replied(byte[] message, int length, long nowNanos);

  /** No usable reply. */
  void failed(FailureKind kind, long nowNanos);
}
