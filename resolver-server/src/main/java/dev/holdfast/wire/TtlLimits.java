package dev.holdfast.wire;

/**
 * How long answers may be kept, whatever their records say.
 *
 * @param minSeconds least TTL of a positive answer
 * @param maxSeconds largest TTL of a positive answer; also what a TTL with its top bit set becomes
 *     (RFC 8767 §4)
 * @param maxNegativeSeconds largest TTL of a negative answer (RFC 2308 §5)
 */
public record TtlLimits(int minSeconds, int maxSeconds, int maxNegativeSeconds) {

  /** Returns the TTL of a record of an answer as it is kept. */
  long clamp(long ttlSeconds) {
    return Math.min(Math.max(ttlSeconds, minSeconds), maxSeconds);
  }

  /** Returns the TTL of a record that says for how long there is no answer. */
  long clampNegative(long ttlSeconds) {
    return Math.min(ttlSeconds, Math.min(maxSeconds, maxNegativeSeconds));
  }
}
