package dev.holdfast.wire;

/** Writes queries to upstreams. */
public final class QueryWriter {

  /** Longest query written here: header, question, OPT and client subnet. */
  public static final int MAX_LENGTH =
      Header.LENGTH + Names.MAX_LENGTH + 4 + Edns.RECORD_LENGTH + ClientSubnet.MAX_OPTION_LENGTH;

  private QueryWriter() {}

  /**
   * Writes a recursive query with EDNS and returns its length. The id stays zero for the exchange
   * to draw. AD is set to ask whether the upstream vouches for its answer (RFC 6840 §5.7).
   *
   * @param question name, type and class
   */
  public static int write(byte[] out, byte[] question, boolean dnssecOk, boolean checkingDisabled) {
    return write(out, question, dnssecOk, checkingDisabled, ClientSubnet.UNTOLD);
  }

  /** Writes the same with the network that the question is from (RFC 7871 §7.1). */
  public static int write(
      byte[] out,
      byte[] question,
      boolean dnssecOk,
      boolean checkingDisabled,
      ClientSubnet subnet) {
    Header.putUint16(out, Header.ID_OFFSET, 0);
    int flags = Header.RD | Header.AD | (checkingDisabled ? Header.CD : 0);
    Header.putUint16(out, Header.FLAGS_OFFSET, flags);
    Header.putUint16(out, Header.QDCOUNT_OFFSET, 1);
    Header.putUint16(out, Header.ANCOUNT_OFFSET, 0);
    Header.putUint16(out, Header.NSCOUNT_OFFSET, 0);
    Header.putUint16(out, Header.ARCOUNT_OFFSET, 1);
    System.arraycopy(question, 0, out, Header.LENGTH, question.length);
    int opt = Header.LENGTH + question.length;
    int options = opt + Edns.RECORD_LENGTH;
    int end = subnet.write(out, options);
    Edns.write(out, opt, Rcode.NOERROR, dnssecOk, end - options);
    return end;
  }

  /** Whether a query has one more record behind its question, an OPT record without options. */
  public static boolean endsWithEmptyOpt(byte[] message, int length, int questionLength) {
    int opt = Header.LENGTH + questionLength;
    return length == opt + Edns.RECORD_LENGTH
        && Header.uint16(message, Header.ARCOUNT_OFFSET) == 1
        && Header.uint16(message, opt + 1) == RecordType.OPT
        && Header.uint16(message, length - 2) == 0;
  }

  /**
   * Writes an option, or none, behind a query that ends with an OPT record and returns the length
   * of the whole.
   *
   * @param length of the query with an OPT record without options
   */
  public static int endWithOption(byte[] message, int length, byte[] option) {
    System.arraycopy(option, 0, message, length, option.length);
    Header.putUint16(message, length - 2, option.length);
    return length + option.length;
  }
}
