package dev.holdfast.resolve;

/**
 * Who sent the query that is being resolved. A listener reuses one instance for all its queries: it
 * is valid during the call only, {@link #detach} takes what must outlive it.
 */
public interface Client {

  /** Whether the query came over a stream (TCP), where answers are never cut to fit. */
  boolean stream();

  /** Upper half of the source address as 128 bits; IPv4 is mapped into ::ffff:0:0/96 (RFC 4291). */
  long addressHigh();

  /** Lower half of the source address. */
  long addressLow();

  /** Source port. */
  int port();

  /** Returns the way back to this client, for an answer that comes later. */
  ReplyPath detach();
}
