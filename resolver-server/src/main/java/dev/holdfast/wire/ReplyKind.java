package dev.holdfast.wire;

/** What an upstream's reply amounts to. */
public enum ReplyKind {
  /** Records that answer the question. */
  POSITIVE,
  /** The name exists or may exist, but not with the type asked for (RFC 2308 §2.2). */
  NODATA,
  /** The name does not exist (RFC 2308 §2.1). */
  NXDOMAIN,
  /** Any other rcode, or a server that does not recurse and knows nothing. */
  FAILURE,
  /** Cut to fit a datagram: to be asked again over TCP. */
  TRUNCATED,
  /** Cannot be walked from end to end: not an answer at all. */
  MALFORMED
}
