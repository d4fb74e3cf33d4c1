package dev.holdfast.resolve;

/** The way back to a client whose query is waiting. Confined to the loop the query came in on. */
public interface ReplyPath {

  /** Sends {@code message}; the bytes are valid during the call only. */
  void reply(byte[] message, int length);
}
