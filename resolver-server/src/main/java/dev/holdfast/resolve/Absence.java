package dev.holdfast.resolve;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.ReplyKind;

/**
 * An answer that says a name or type does not exist.
 *
 * @param answer by which it is judged whether that is believed
 * @param kind {@link ReplyKind#NODATA} or {@link ReplyKind#NXDOMAIN}
 * @param ttlSeconds how long that holds; 0 when the answer does not say (RFC 2308 §5)
 * @param told what clients are told if it is believed
 * @param network whom that is for; of no meaning for a question that is not of one network
 */
record Absence(Answer answer, ReplyKind kind, int ttlSeconds, Answer told, ClientSubnet network) {

  Absence(Answer answer, ReplyKind kind, int ttlSeconds, ClientSubnet network) {
    this(answer, kind, ttlSeconds, answer, network);
  }
}
