package dev.holdfast.resolve;

import dev.holdfast.wire.ExtendedError;

/** The extended errors that this server sends, ready to be copied into a response. */
final class Notices {

  static final byte[] STALE = ExtendedError.option(ExtendedError.STALE_ANSWER, "");
  static final byte[] REMEMBERED =
      ExtendedError.option(ExtendedError.CACHED_ERROR, "this question failed a moment ago");
  static final byte[] UNREACHABLE =
      ExtendedError.option(ExtendedError.NO_REACHABLE_AUTHORITY, "no upstream answered");
  static final byte[] ERROR_REPLIES =
      ExtendedError.option(ExtendedError.NO_REACHABLE_AUTHORITY, "upstreams reported an error");
  static final byte[] LOOP =
      ExtendedError.option(ExtendedError.NETWORK_ERROR, "forwarding loop: query came back");
  static final byte[] OVERLOADED =
      ExtendedError.option(ExtendedError.NOT_READY, "too many questions in flight");
  static final byte[] PROHIBITED =
      ExtendedError.option(ExtendedError.PROHIBITED, "client is not in access.allow");
  static final byte[] NOT_RECURSIVE =
      ExtendedError.option(ExtendedError.NOT_AUTHORITATIVE, "not cached, recursion not desired");
  static final byte[] NOT_SUPPORTED = ExtendedError.option(ExtendedError.NOT_SUPPORTED, "");
  static final byte[] INVALID_TYPE =
      ExtendedError.option(ExtendedError.INVALID_QUERY_TYPE, "NXNAME is never asked for");

  static final byte[] ALIAS_TOO_LONG =
      ExtendedError.option(ExtendedError.OTHER, "local aliases lead too far");
  static final byte[] PRIVATE_ADDRESS =
      ExtendedError.option(ExtendedError.BLOCKED, "public name with a private address");

  private Notices() {}
}
