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
    PINNED(1, "pinned by operator"),
    /** Those before the last good ones. */
    ROLLED_BACK(2, "rolled back by operator");

    private final byte code;
    private final String text;

    Kind(int code, String text) {
      this.code = (byte) code;
      this.text = text;
    }

    /** The number that stands for this kind in files. */
    byte code() {
      return code;
    }

    /** Returns the kind of a code, or null. */
    static @Nullable Kind of(byte code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      return null;
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
