package dev.holdfast.operate;

import dev.holdfast.wire.Names;

/** What an operator wants the server to forget. Immutable. */
public sealed interface Flush {

  /** Everything about a name: an absence is believed from then on. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Name(byte[] qname) implements Flush {

    @Override
    public String toString() {
      return Names.toText(qname);
    }
  }

  /** Everything about a name and those below it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Subtree(byte[] suffix) implements Flush {

    @Override
    public String toString() {
      return Names.toText(suffix) + " and everything below";
    }
  }

  /** Parts of what is known of all names. */
  enum Part implements Flush {
    /** Answers that a name or type does not exist. */
    NEGATIVE,
    /** Answers past their TTL. */
    STALE,
    /** Holds, and the histories that they rest on: the absences are believed from then on. */
    HELD,
    /** Answers, failures and histories. */
    ALL
  }
}
