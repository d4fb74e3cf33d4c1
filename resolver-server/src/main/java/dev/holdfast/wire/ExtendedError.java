package dev.holdfast.wire;

/** Info-codes of the Extended DNS Error option (RFC 8914 §4, RFC 9824 §3.4). */
public final class ExtendedError {

  /** Stands for "no extended error"; never sent. */
  public static final int NONE = -1;

  public static final int OTHER = 0;
  public static final int STALE_ANSWER = 3;
  public static final int CACHED_ERROR = 13;
  public static final int NOT_READY = 14;
  public static final int BLOCKED = 15;
  public static final int CENSORED = 16;
  public static final int FILTERED = 17;
  public static final int PROHIBITED = 18;
  public static final int STALE_NXDOMAIN_ANSWER = 19;
  public static final int NOT_SUPPORTED = 21;
  public static final int NO_REACHABLE_AUTHORITY = 22;
  public static final int NETWORK_ERROR = 23;
  public static final int INVALID_QUERY_TYPE = 30;

  private ExtendedError() {}
}
