package dev.holdfast.hold;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ExtendedError;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An operator's decision that a question is answered with these records, whatever upstreams say.
 * Immutable.
 *
 * @param records for clients that want no signatures
 * @param signed the same for those that do, or null when none are known
 * @param until null for until the operator takes it back
 */
public record Pin(
    Kind kind, Answer records, @Nullable Answer signed, Instant since, @Nullable Instant until) {

  /** Which records they are. */
  public enum Kind {
    /** The last good ones. */
    PINNED("pinned by operator"),
    /** Those before the last good ones. */
    ROLLED_BACK("rolled back by operator");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** What clients are told, before the time. */
    public String text() {
      return text;
    }
  }

  /** Returns the records for clients that want signatures or not, with a notice of this pin. */
  Answer answer(boolean dnssecOk) {
    Answer answer = dnssecOk && signed != null ? signed : records;
    String text = kind.text() + (until == null ? "" : " until " + until);
    return answer.held(
        Holds.MAX_TTL_SECONDS, ExtendedError.option(ExtendedError.STALE_ANSWER, text));
  }
}
