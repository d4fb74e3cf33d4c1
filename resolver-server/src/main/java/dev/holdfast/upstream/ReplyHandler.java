package dev.holdfast.upstream;

/**
 * Takes the outcome of one exchange: exactly one of the two methods is called, once, on the
 * exchange's loop.
 */
public interface ReplyHandler {

  /**
   * A response whose id, opcode and question belong to the query that was sent. The bytes are valid
   * during the call only.
   */
  void replied(byte[] message, int length, long nowNanos);

  /** No usable reply. */
  void failed(FailureKind kind, long nowNanos);
}
