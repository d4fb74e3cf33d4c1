package dev.holdfast.upstream;

/**
 * Sends one query to one upstream and reports the reply. One instance per event loop, confined to
 * it.
 */
public interface Exchange {

  /** A query on its way. */
  interface Sent {

    /** No reply is wanted any more: the handler hears nothing, and the place is free. */
    void withdraw();
  }

  /**
   * Sends {@code message} with an id and a port of the exchange's own choice. The bytes are of
   * interest during the call only; their id field is of no meaning. The handler never runs inside
   * the call; the question's name comes back to it in lower case.
   *
   * @param message a query with one question
   * @param stream true to ask over TCP even where the upstream takes UDP
   * @param timeoutNanos after this time the handler hears {@link FailureKind#TIMEOUT}
   */
  Sent ask(
      Upstream upstream,
      byte[] message,
      int length,
      boolean stream,
      long timeoutNanos,
      ReplyHandler handler);
}
