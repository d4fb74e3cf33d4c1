package dev.holdfast.operate;

/** Where a server is between its start and its end. */
public enum Phase {
  /** Its sockets are being opened. */
  STARTING,
  /** It answers queries. */
  SERVING,
  /** It takes no more queries and answers those that wait. */
  DRAINING
}
