package dev.holdfast.lists;

import dev.holdfast.wire.ExtendedError;

/** Why names are blocked, as clients are told (RFC 8914 §4.16 to §4.18). */
public enum ListReason {
  /** The operator wants it so. */
  BLOCKED("blocked", ExtendedError.BLOCKED),
  /** Somebody else obliges the operator, such as a court. */
  CENSORED("censored", ExtendedError.CENSORED),
  /** The client, or who speaks for it, asked for it. */
  FILTERED("filtered", ExtendedError.FILTERED);

  private final String key;
  private final int infoCode;

  ListReason(String key, int infoCode) {
    this.key = key;
    this.infoCode = infoCode;
  }

  /** How it is written in a configuration. */
  public String key() {
    return key;
  }

  /** Returns the extended error as an EDNS option. */
  byte[] notice(String list) {
    return ExtendedError.option(infoCode, "list " + list);
  }
}
