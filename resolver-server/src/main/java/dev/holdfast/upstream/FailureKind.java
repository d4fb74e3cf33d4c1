package dev.holdfast.upstream;

/** Why an exchange with an upstream brought no usable reply. */
public enum FailureKind {
  /** Nothing came in time. */
  TIMEOUT,
  /** The host said again and again that nobody listens there, or no connection could be made. */
  REFUSED_CONNECTION,
  /** The socket failed in some other way, or the upstream closed a connection it had accepted. */
  NETWORK_ERROR,
  /** Replies with the wrong id, question or shape came instead of an answer (RFC 5452 §9.2). */
  NEAR_MISSES,
  /** A bound of this process was reached before anything was sent. */
  OVERLOADED
}
