package dev.holdfast.wire;

/**
 * Assembles responses from the client's own header and question and stored record bytes: nothing is
 * re-encoded, nothing is allocated. Thread-safe: it holds no state.
 */
public final class ResponseAssembler {

  /** Bytes of the edns-tcp-keepalive option with its timeout (RFC 7828 §3.1). */
  private static final int KEEPALIVE_OPTION_LENGTH = 6;

  private static final byte[] NO_OPTION = {};

  /** Flags that the response to a lookup repeats; other opcodes define none of these. */
  private static final int ECHOED_FLAGS = Header.RD | Header.CD;

  private final int keepaliveTenthsOfSeconds;

  /**
   * @param keepaliveTenthsOfSeconds how long a TCP connection may stay idle, told to who asks
   */
  public ResponseAssembler(int keepaliveTenthsOfSeconds) {
    this.keepaliveTenthsOfSeconds = keepaliveTenthsOfSeconds;
  }

  /** Writes a fresh answer, its TTLs counted down by {@code ageSeconds}, and returns the length. */
  public int fresh(Query query, Answer answer, int ageSeconds, boolean stream, byte[] out) {
    int length = recordsThatFit(query, answer, stream);
    if (length < 0) {
      return truncated(query, answer.rcode(), out);
    }
    int records = begin(query, answer, length, out);
    answer.copyAged(out, records, length, ageSeconds);
    if (answer.authenticData() && query.authenticDataWanted()) {
      out[Header.FLAGS_OFFSET + 1] |= (byte) Header.AD;
    }
    return finish(query, answer.rcode(), answer.ednsOptions(), stream, out, records + length);
  }

  /**
   * Writes an answer past its time, its TTLs at most {@code maxTtlSeconds} and AD cleared, with an
   * extended error that says so (RFC 8767 §4, RFC 8914 §4.4).
   */
  public int stale(
      Query query, Answer answer, int maxTtlSeconds, byte[] option, boolean stream, byte[] out) {
    int length = recordsThatFit(query, answer, stream);
    if (length < 0) {
      return truncated(query, answer.rcode(), out);
    }
    int records = begin(query, answer, length, out);
    answer.copyCapped(out, records, length, maxTtlSeconds);
    return finish(query, answer.rcode(), option, stream, out, records + length);
  }

  /** Writes a response without records; {@code option} is an extended error or empty. */
  public int error(Query query, int rcode, byte[] option, boolean stream, byte[] out) {
    writeHeader(query, rcode, 0, 0, 0, out);
    int end = Header.LENGTH + query.questionLength();
    return finish(query, rcode, option, stream, out, end);
  }

  /** Writes a response without records and without an extended error. */
  public int error(Query query, int rcode, boolean stream, byte[] out) {
    return error(query, rcode, NO_OPTION, stream, out);
  }

  /** Writes a response without records that tells the client to ask over TCP. */
  public int truncated(Query query, int rcode, byte[] out) {
    int end = error(query, rcode, /* stream= */ false, out);
    out[Header.FLAGS_OFFSET] |= (byte) (Header.TC >>> 8);
    return end;
  }

  /* All records, those without the additional section, or -1 when not even these fit. */
  private static int recordsThatFit(Query query, Answer answer, boolean stream) {
    int room =
        limit(query, stream)
            - Header.LENGTH
            - query.questionLength()
            - (query.edns() ? Edns.RECORD_LENGTH + query.responseOptions().length : 0);
    if (answer.recordsLength() <= room) {
      return answer.recordsLength();
    }
    return answer.withoutAdditionalLength() <= room ? answer.withoutAdditionalLength() : -1;
  }

  private static int limit(Query query, boolean stream) {
    return stream ? AnswerBuilder.MAX_MESSAGE_LENGTH : query.payload();
  }

  private static int begin(Query query, Answer answer, int length, byte[] out) {
    int additional = length < answer.recordsLength() ? 0 : answer.additionalCount();
    int answers = answer.answerCount();
    writeHeader(query, answer.rcode(), answers, answer.authorityCount(), additional, out);
    return Header.LENGTH + query.questionLength();
  }

  private static void writeHeader(
      Query query, int rcode, int answers, int authority, int additional, byte[] out) {
    int questionLength = query.questionLength();
    System.arraycopy(query.bytes(), query.offset(), out, 0, Header.LENGTH + questionLength);
    int flags = Header.QR | (query.flags() & Header.OPCODE_MASK) | (rcode & Header.RCODE_MASK);
    if (query.opcode() == Opcode.QUERY) {
      flags |= Header.RA | (query.flags() & ECHOED_FLAGS);
    }
    Header.putUint16(out, Header.FLAGS_OFFSET, flags);
    int questions = questionLength == 0 ? 0 : 1;
    Header.putCounts(out, questions, answers, authority, additional + (query.edns() ? 1 : 0));
  }

  /* Options but the cookie give way when space is short (RFC 8914 §3). */
  private int finish(
      Query query, int rcode, byte[] option, boolean stream, byte[] out, int recordsEnd) {
    if (!query.edns()) {
      return recordsEnd;
    }
    int limit = limit(query, stream);
    int options = recordsEnd + Edns.RECORD_LENGTH;
    byte[] cookie = query.responseOptions();
    System.arraycopy(cookie, 0, out, options, cookie.length);
    int end = options + cookie.length;
    if (stream && query.keepaliveRequested() && end + KEEPALIVE_OPTION_LENGTH <= limit) {
      Header.putUint16(out, end, Edns.OPTION_TCP_KEEPALIVE);
      Header.putUint16(out, end + 2, 2);
      Header.putUint16(out, end + 4, keepaliveTenthsOfSeconds);
      end += KEEPALIVE_OPTION_LENGTH;
    }
    if (end + option.length <= limit) {
      System.arraycopy(option, 0, out, end, option.length);
      end += option.length;
    }
    Edns.write(out, recordsEnd, rcode, query.dnssecOk(), end - options);
    return end;
  }
}
