package dev.holdfast.resolve;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ReplyKind;
import dev.holdfast.wire.ReplyReader;
import dev.holdfast.wire.TtlLimits;
import org.jspecify.annotations.Nullable;

/**
 * Takes signatures and proofs out of answers, for clients that do not ask for them (RFC 4035
 * §3.2.1). Reused; confined to one thread.
 */
public final class SignatureFilter {

  /** The TTLs were clamped when the answer was learnt. */
  private static final TtlLimits AS_STORED = new TtlLimits(0, Integer.MAX_VALUE, Integer.MAX_VALUE);

  private final ReplyReader reader = new ReplyReader(AS_STORED, /* minimalResponses= */ false);
  private final byte[] message = new byte[Resolver.MAX_RESPONSE_LENGTH];

  /**
   * Returns an answer to the same question without them, or null when it would be one of another
   * kind.
   */
  @Nullable Answer unsigned(CacheKey key, Answer answer, ReplyKind kind) {
    int length = answer.writeMessage(key.question(), message);
    boolean sameKind = reader.read(message, length, /* dnssecOk= */ false) == kind;
    return sameKind ? reader.answer().withExtendedErrorsOf(answer) : null;
  }

  /** Returns a positive answer as the clients of {@code key} want it. */
  public Answer fit(CacheKey key, Answer positive) {
    if (key.dnssecOk()) {
      return positive;
    }
    Answer unsigned = unsigned(key, positive, ReplyKind.POSITIVE);
    return unsigned == null ? positive : unsigned;
  }
}
