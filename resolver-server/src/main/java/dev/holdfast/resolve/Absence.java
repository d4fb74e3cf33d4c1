package dev.holdfast.resolve;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ReplyKind;

/**
 * An answer that says a name or type does not exist.
 *
 * @param kind {@link ReplyKind#NODATA} or {@link ReplyKind#NXDOMAIN}
 * @param ttlSeconds how long that holds; 0 when the answer does not say (RFC 2308 §5)
 */
record Absence(Answer answer, ReplyKind kind, int ttlSeconds) {}
