package dev.holdfast.resolve;

import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;

/**
 * Queries that are no ordinary questions: answered here, never looked up. Confined to one event
 * loop.
 */
final class SpecialQueries {

  /** Types from here to {@link RecordType#ANY} are questions and not data (RFC 6895 §3.1). */
  private static final int FIRST_META_TYPE = 128;

  private final Responses responses;
  private final Query query;

  SpecialQueries(Responses responses) {
    this.responses = responses;
    this.query = responses.query();
  }

  /** Whether the query at hand is one, {@code gate} being what {@link Query#parse} said. */
  boolean include(int gate) {
    int qtype = query.qtype();
    return gate != Query.ACCEPTED
        || query.qclass() != RecordClass.IN
        || (qtype >= FIRST_META_TYPE && qtype <= RecordType.ANY && !isWholeAny(qtype))
        || qtype == RecordType.OPT;
  }

  /* Over TCP, ANY is looked up like other types (RFC 8482 §4.4). */
  private boolean isWholeAny(int qtype) {
    return qtype == RecordType.ANY && responses.stream();
  }

  /** Answers the query at hand. */
  int answer(int gate) {
    if (gate == Rcode.FORMERR) {
      return responses.error(gate, Counter.REJECTED_MALFORMED);
    }
    if (gate != Query.ACCEPTED) {
      return responses.error(gate, Counter.REJECTED_NOT_IMPLEMENTED);
    }
    if (query.questionLength() == 0) {
      return cookieAlone();
    }
    if (query.qclass() == RecordClass.IN && query.qtype() == RecordType.ANY) {
      return responses.answer(MinimalAny.ANSWER, Counter.ANSWERS_LOCAL);
    }
    if (query.qtype() == RecordType.NXNAME) {
      return responses.error(Rcode.FORMERR, Notices.INVALID_TYPE, Counter.REJECTED_MALFORMED);
    }
    return responses.error(Rcode.REFUSED, Notices.NOT_SUPPORTED, Counter.REJECTED_REFUSED);
  }

  /* RFC 7873 §5.4: a query without a question asks for a cookie. */
  private int cookieAlone() {
    if (!responses.hasCookie()) {
      return responses.error(Rcode.FORMERR, Counter.REJECTED_MALFORMED);
    }
    int rcode = responses.isCookieWrong() ? Rcode.BADCOOKIE : Rcode.NOERROR;
    return responses.error(rcode, Counter.ANSWERS_LOCAL);
  }
}
