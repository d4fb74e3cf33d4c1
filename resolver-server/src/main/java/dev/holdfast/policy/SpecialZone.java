package dev.holdfast.policy;

import dev.holdfast.wire.Names;

/** A domain whose names are answered by this server itself. Immutable. */
final class SpecialZone {

  /** What exists at and below the apex. */
  enum Kind {
    /** The apex alone, with SOA and NS; the public tree delegates it, unsigned (RFC 6303 §3). */
    LOCALLY_SERVED,
    /** The apex alone; the public tree does not know it. */
    NOT_IN_DNS,
    /** Every name, with the loopback addresses. */
    LOOPBACK,
    /** Every name, without records: "there is no such service here", whatever is routed where. */
    NEVER_FORWARDED
  }

  private final byte[] apex;
  private final Kind kind;
  private final String rule;

  /**
   * A zone of the table.
   *
   * @param rule the RFC that says so
   */
  SpecialZone(Kind kind, String rule, String apex) {
    byte[] name = Names.parse(apex);
    this.apex = Names.folded(name, 0, name.length);
    this.kind = kind;
    this.rule = rule;
  }

  /** The folded name in wire form; not to be written to. */
  byte[] apex() {
    return apex;
  }

  Kind kind() {
    return kind;
  }

  @Override
  public String toString() {
    return Names.toText(apex) + " (" + rule + ")";
  }
}
